// Truth: the golden folders of tools/goldens/make_gradient_goldens.py, opened for another task than they were written for.
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct TrainableModelTests {
    private static func opened(
        _ name: String, as head: TrainableModel.Head, seed: UInt64 = 1
    ) throws -> TrainableModel {
        try TrainableModel(
            directory: GoldenTests.root + "/gradients_" + name, head: head, seed: seed,
            device: try Device.cpu(threads: 1), precision: .fp32, recomputes: false)
    }

    private static func values(_ model: TrainableModel) throws -> [String: [Float]] {
        var result: [String: [Float]] = [:]
        for (index, slot) in model.store.slots.enumerated() { result[slot.name] = try model.store.read(index, .value) }
        return result
    }

    /// Task, the folder that lacks its head, and the parameters to be drawn.
    static let heads: [(TrainableModel.Head, String, Set<String>)] = [
        (
            .sequenceClassification(labels: 4), "published",
            ["pooler.dense.weight", "pooler.dense.bias", "classifier.weight", "classifier.bias"]
        ),
        (.tokenClassification(labels: 7), "c2p", ["classifier.weight", "classifier.bias"]),
        (.questionAnswering, "absolute", ["qa_outputs.weight", "qa_outputs.bias"]),
        (
            .maskedLM, "question_answering",
            [
                "cls.predictions.transform.dense.weight", "cls.predictions.transform.dense.bias",
                "cls.predictions.transform.LayerNorm.weight", "cls.predictions.transform.LayerNorm.bias",
                "cls.predictions.bias",
            ]
        ),
        (
            .multipleChoice, "bert_masked_lm",
            ["bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"]
        ),
    ]

    @Test(arguments: heads.indices) func whatTheFolderLacksIsDrawnFromTheSeed(index: Int) throws {
        let (head, name, drawn) = Self.heads[index]
        let model = try Self.opened(name, as: head)
        #expect(Set(model.initialised) == drawn)
        #expect(model.initialised.count == drawn.count)
        let (first, again) = (try Self.values(model), try Self.values(try Self.opened(name, as: head)))
        #expect(first == again)
        let other = try Self.values(try Self.opened(name, as: head, seed: 2))
        for (name, values) in first {
            // Biases begin at 0 and LayerNorms at 1, whatever the seed.
            let isRandom = drawn.contains(name) && !name.hasSuffix(".bias") && !name.contains("LayerNorm")
            #expect((other[name] == values) != isRandom, "\(name)")
            if drawn.contains(name), name.hasSuffix(".bias") { #expect(values.allSatisfy { $0 == 0 }, "\(name)") }
            if drawn.contains(name), name.hasSuffix("LayerNorm.weight") {
                #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            }
        }
    }

    /// Logits without dropout are those of inference, right after a step with dropout too.
    @Test(arguments: ["published", "p2c", "bert_masked_lm"]) func logitsAreThoseOfInference(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let micro = try golden.microBatch()
        let model = try Self.opened(name, as: golden.head)
        _ = try micro.step(model, dropout: 3)
        let device = try Device.cpu(threads: 1)
        let expected =
            golden.head == .maskedLM
            ? try EncoderForMaskedLM(directory: golden.folder, device: device).logits(micro.batch)
            : try EncoderForSequenceClassification(directory: golden.folder, device: device).logits(micro.batch)
        #expect(try model.logits(micro.batch) == expected)
    }

    /// Texts of other lengths read other rows of the relative table, which are projected when the first text needs them:
    /// a step of several has the sum of the gradients of steps of one each, in any order.
    @Test(arguments: ["published", "p2c"]) func longerTextsJoinAStep(name: String) throws {
        let model = try Self.opened(name, as: .maskedLM)
        func gradients(_ lengths: [Int]) throws -> [String: [Float]] {
            try model.store.zeroGradients()
            try model.beginStep(key: 5)
            for length in lengths {
                let batch = try SequenceBatch([(0..<length).map { Int32(5 + $0 * 7 % 20) }])
                _ = try model.accumulateMaskedLM(
                    batch, rows: [1], labels: [9], scale: 1, keys: (0..<length).map { UInt64(length * 100 + $0) })
            }
            try model.endStep()
            return try model.store.gradients()
        }
        let lengths = [3, 14, 7]
        let alone = try lengths.map { try gradients([$0]) }
        let all = alone.flatMap(\.values).flatMap(\.self)
        for order in [lengths, lengths.reversed()] {
            for (name, found) in try gradients(order) {
                let sum = found.indices.map { place in
                    Float(alone.reduce(0.0) { $0 + Double($1[name]?[place] ?? .nan) })
                }
                let bound = Tolerance.gradient * norm(sum) + Tolerance.gradientRounding * norm(all)
                #expect(distance(found, sum) <= bound, "\(name)")
            }
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let golden = try TrainingGolden(gradients: "published")
        let micro = try golden.microBatch()
        let model = try Self.opened("published", as: .maskedLM)
        try model.beginStep(key: nil)
        let (batch, count) = (micro.batch, Int32(model.config.vocabSize))
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(batch, rows: [2, 1], labels: [5, 5], scale: 1, keys: nil)
        }
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(batch, rows: [1], labels: [count], scale: 1, keys: nil)
        }
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(batch, rows: [1], labels: [-100], scale: 1, keys: nil)
        }
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(batch, rows: [batch.tokenCount], labels: [5], scale: 1, keys: nil)
        }
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(batch, rows: [1], labels: [5], scale: 1, keys: [1])
        }
        #expect(throws: ModelError.self) {
            try model.accumulateMaskedLM(
                try SequenceBatch([[1, count]]), rows: [1], labels: [5], scale: 1, keys: nil)
        }
        #expect(try norm(model.store.gradients().values.flatMap(\.self)) == 0, "a refused batch left a gradient")
    }
}
