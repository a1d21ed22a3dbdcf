package import ErlangshenCompute
package import ErlangshenModel

/// A model in training, as the loop sees it.
extension TrainableModel: TrainingSubject {
    package var parameters: [(name: String, shape: [Int])] { store.slots.map { ($0.name, $0.shape) } }

    package func read(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float] {
        try computing { () throws(ComputeError) in try store.read(slot, numbers.kind) }
    }

    package func write(_ slot: Int, _ numbers: SubjectNumbers, _ values: [Float]) throws(ModelError) {
        try computing { () throws(ComputeError) in try store.write(slot, numbers.kind, values) }
    }

    package func zeroGradients() throws(ModelError) {
        try computing { () throws(ComputeError) in try store.zeroGradients() }
    }

    package func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double {
        try computing { () throws(ComputeError) in try store.squaredGradientNorm(slot) }
    }

    package func update(_ slot: Int, _ step: AdamWStep) throws(ModelError) {
        try computing { () throws(ComputeError) in try store.step(slot, step) }
    }

    package func repack() throws(ModelError) {
        try computing { () throws(ComputeError) in try store.repack() }
    }

    package func moveWordEmbeddings(by length: Double) throws(ModelError) -> (() throws(ModelError) -> Void)? {
        guard let slot = wordEmbeddings,
            let before = try computing({ () throws(ComputeError) in try store.moved(slot, by: length) })
        else { return nil }
        try repack()
        return { [self] () throws(ModelError) in
            try write(slot, .value, before)
            try repack()
        }
    }
}

extension TrainableModel: ExampleSubject {
    var hiddenSize: Int { config.hiddenSize }

    func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix { try logits(batch, rows: nil) }
}

extension SubjectNumbers {
    /// The name that the parameter store has for them.
    fileprivate var kind: ParameterStore.Kind {
        switch self {
        case .value: .value
        case .mean: .mean
        case .squares: .squares
        }
    }
}

/// Runs device code inside model code, keeping errors typed.
func computing<Result>(_ body: () throws(ComputeError) -> Result) throws(ModelError) -> Result {
    do { return try body() } catch { throw .compute(error) }
}
