// Truth: the gradients at the end of the step. What a stage says is final must be equal to them, bit for bit.
import ErlangshenCompute
import ErlangshenModel
import Testing

@Suite struct GradientStageTests {
    private static let folders: [(name: String, head: TrainableModel.Head)] = [
        ("published", .maskedLM), ("c2p", .tokenClassification(labels: 3)),
        ("published", .sequenceClassification(labels: 2)), ("absolute", .questionAnswering),
        ("bert_masked_lm", .maskedLM), ("bert_masked_lm", .multipleChoice),
    ]

    private static func batch(_ model: TrainableModel) throws -> SequenceBatch {
        let ids = (0..<11).map { Int32(($0 * 7 + 3) % model.config.vocabSize) }
        return try SequenceBatch([Array(ids[..<7]), Array(ids[7...])])
    }

    private static func accumulate(_ model: TrainableModel, _ head: TrainableModel.Head) throws {
        let batch = try batch(model)
        let keys = (0..<batch.tokenCount).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
        guard head != .maskedLM else {
            _ = try model.accumulateMaskedLM(batch, rows: [1, 4, 8], labels: [5, 6, 7], scale: 0.3, keys: keys)
            return
        }
        try model.accumulate(batch, keys: keys) { logits in
            let values = logits.values.indices.map { Float($0 % 5) / 4 - 0.4 }
            return Matrix(rows: logits.rows, columns: logits.columns, values: values)
        }
    }

    /// Two micro-batches; in the last one each stage takes down the gradients that are final by then.
    @Test(arguments: folders.indices, [false, true])
    func gradientsAreFinalAtTheirStages(index: Int, recomputes: Bool) throws {
        let (name, head) = Self.folders[index]
        let model = try TrainableModel(
            directory: GoldenTests.root + "/gradients_" + name, head: head, seed: 3,
            device: try Device.cpu(threads: 1), precision: .fp32, recomputes: recomputes)
        let order = model.slotsByStage
        #expect(order.flatMap(\.slots).sorted() == Array(model.store.slots.indices), "each parameter has one stage")
        try model.store.zeroGradients()
        try model.beginStep(key: 11)
        try Self.accumulate(model, head)
        var (reached, taken): ([GradientStage], [Int: [Float]]) = ([], [:])
        model.finished = { stage in
            reached.append(stage)
            for slot in order.first(where: { $0.stage == stage })?.slots ?? [] {
                taken[slot] = try? model.store.read(slot, .gradient)
            }
        }
        try Self.accumulate(model, head)
        try model.endStep()
        model.finished = nil
        let known = Set(order.map(\.stage))
        #expect(reached.filter { known.contains($0) } == order.map(\.stage), "in the order that was announced")
        #expect(Set(reached).count == reached.count)
        for (slot, parameter) in model.store.slots.enumerated() {
            let last = try model.store.read(slot, .gradient)
            #expect(taken[slot] == last, "\(parameter.name)")
        }
        // Early is the point: all that the layers own is final before the embeddings.
        #expect(order.firstIndex { $0.stage == .layer(0) } ?? .max < order.firstIndex { $0.stage == .embeddings } ?? 0)
    }
}
