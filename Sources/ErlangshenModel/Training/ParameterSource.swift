internal import ErlangshenCheckpoint
internal import ErlangshenCompute

/// Where a model in training takes its parameters from, and where it keeps them.
final class ParameterSource {
    let store: ParameterStore
    /// nil: all are drawn.
    let checkpoint: Checkpoint?
    /// Updates of low rank, where they are learnt.
    let lowRank: LowRankSettings?
    private let initializerRange: Float
    private let seed: UInt64
    /// Whether a parameter of this name is trained.
    private let trains: (String) -> Bool
    /// Whether the relative table, which is loaded before the layers, is trained.
    var trainsRelativeTable = false
    /// Names of the parameters that the checkpoint lacks.
    private(set) var initialised: [String] = []

    init(
        store: ParameterStore, checkpoint: Checkpoint?, initializerRange: Float, seed: UInt64, choice: TrainedParameters
    ) {
        (self.store, self.checkpoint, self.initializerRange, self.seed) = (store, checkpoint, initializerRange, seed)
        (lowRank, trains) = (choice.lowRank, choice.trains)
    }

    /// Joins parameters of one shape and gives them their first values.
    ///
    /// `read` fills a tensor from the checkpoint; without one, or where the checkpoint lacks the name, values are those that
    /// transformers begins with: N(0, initializer_range), biases 0, LayerNorm's weights 1.
    func join(
        _ names: [String], shape: [Int], read: (String, Tensor) throws(ModelError) -> Void
    ) throws(ModelError) -> [Int] {
        let (slots, new) = try onDevice { () throws(ComputeError) in
            try store.join(names, shape: shape, trains: trains)
        }
        guard new else { return slots }
        for (name, slot) in zip(names, slots) {
            let value = store.value(slot)
            if let found = checkpoint?.info(name), found.shape == shape || !Self.isOfATask(name) {
                try read(name, value)
            } else {
                // Updates of low rank are new in any case: nobody needs to be told.
                if !LowRankSettings.isUpdate(name) { initialised.append(name) }
                let numbers = drawn(name, slot)
                try onDevice { () throws(ComputeError) in try store.write(slot, .value, numbers) }
            }
        }
        return slots
    }

    /// Heads whose size is the task's: one of another size is left behind.
    private static func isOfATask(_ name: String) -> Bool {
        name.hasPrefix("classifier.") || name.hasPrefix("qa_outputs.")
    }

    private func drawn(_ name: String, _ slot: Int) -> [Float] {
        let (count, shape) = (store.slots[slot].count, store.slots[slot].shape)
        if name.hasSuffix(".bias") || name.hasSuffix(".beta") || name.hasSuffix(LowRankSettings.upName) {
            return [Float](repeating: 0, count: count)
        }
        if name.hasSuffix("LayerNorm.weight") || name.hasSuffix(".gamma") { return [Float](repeating: 1, count: count) }
        let numbers = NormalNumbers(seed: seed, stream: name)
        if name.hasSuffix(LowRankSettings.downName) {
            // As PyTorch begins a linear layer: evenly within ±1/√I.
            return numbers.evenFloats(count, reach: 1 / Float(shape[shape.count - 1]).squareRoot())
        }
        return numbers.floats(count, deviation: initializerRange)
    }
}
