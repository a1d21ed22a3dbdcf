import ErlangshenCompute
package import ErlangshenModel

extension TrainableModel: RankableSubject {
    package var finalOrder: [[Int]] { slotsByStage.map(\.slots) }

    package var onFinal: ((Int) -> Void)? {
        get {
            guard let finished else { return nil }
            let stages = slotsByStage.map(\.stage)
            return { finished(stages[$0]) }
        }
        set {
            guard let newValue else {
                finished = nil
                return
            }
            let groups = Dictionary(uniqueKeysWithValues: slotsByStage.enumerated().map { ($1.stage, $0) })
            // A stage without parameters, such as the table of a BERT, is nobody's business.
            finished = { stage in if let group = groups[stage] { newValue(group) } }
        }
    }

    package var wordEmbeddings: Int? {
        store.slots.firstIndex { $0.isTrained && $0.name.hasSuffix("word_embeddings.weight") }
    }

    package func keepMoments(of ranges: [Range<Int>]) { store.keepMoments(of: ranges) }

    package func squaredGradientNorm(_ slot: Int, _ range: Range<Int>) throws(ModelError) -> Double {
        try computing { () throws(ComputeError) in try store.squaredGradientNorm(slot, range) }
    }

    package func read(
        _ slot: Int, _ kind: ParameterStore.Kind, _ range: Range<Int>, into room: UnsafeMutableBufferPointer<Float>
    ) throws(ModelError) {
        try computing { () throws(ComputeError) in try store.read(slot, kind, range, into: room) }
    }

    package func write(
        _ slot: Int, _ kind: ParameterStore.Kind, _ range: Range<Int>, from values: UnsafeBufferPointer<Float>
    ) throws(ModelError) {
        try computing { () throws(ComputeError) in try store.write(slot, kind, range, from: values) }
    }
}
