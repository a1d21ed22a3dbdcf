internal import ErlangshenCompute

extension TrainableModel {
    /// The values of a parameter as a model has them that knows of no updates of low rank: they are added in.
    ///
    /// - Returns: as many values as the parameter has.
    /// - Throws: `ModelError.compute`.
    public func mergedValues(of slot: Int) throws(ModelError) -> [Float] {
        let (name, shape) = (store.slots[slot].name, store.slots[slot].shape)
        let layer = name.hasSuffix(".weight") ? name.dropLast(".weight".count) : ""
        return try onDevice { () throws(ComputeError) in
            var values = try store.read(slot, .value)  // [O, I]
            guard let lowRank, let down = store.place(of: layer + LowRankSettings.downName),
                let up = store.place(of: layer + LowRankSettings.upName)
            else { return values }
            let (a, b) = (try store.read(down, .value), try store.read(up, .value))  // [r, I], [O, r]
            let (inputs, rank) = (shape[1], lowRank.rank)
            for row in 0..<shape[0] {
                for column in 0..<inputs {
                    // In Double and rounded once: the nearest a float32 comes to the sum that was trained.
                    let sum = (0..<rank).reduce(0.0) {
                        $0 + Double(b[row * rank + $1]) * Double(a[$1 * inputs + column])
                    }
                    let place = row * inputs + column
                    values[place] = Float(Double(values[place]) + lowRank.scale * sum)
                }
            }
            return values
        }
    }
}
