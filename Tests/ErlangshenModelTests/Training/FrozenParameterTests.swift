// Truth: the backward pass of the whole model, which GradientGoldenTests hold to PyTorch.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct FrozenParameterTests {
    static let cases = [
        "published", "untied", "embedding_size", "c2p", "conv_groups", "absolute", "multiple_choice", "bert_masked_lm",
    ]

    private static func model(
        _ golden: TrainingGolden, recomputes: Bool = false, _ isTrained: @escaping @Sendable (String) -> Bool
    ) throws -> TrainableModel {
        try TrainableModel(
            directory: golden.folder, head: golden.head, seed: 1, device: try Device.cpu(threads: 2), precision: .fp32,
            recomputes: recomputes, trained: TrainedParameters(isTrained))
    }

    /// What is trained, by parts of names: one layer and all above; the convolution alone; the tables alone; the head alone;
    /// weights without biases, and biases without weights.
    static let choices: [@Sendable (String) -> Bool] = [
        { !$0.contains("embeddings") && !$0.contains("encoder.LayerNorm") && !$0.contains("layer.0.") },
        { $0.contains("layer.1.") || $0.contains("encoder.conv.") }, { $0.contains("encoder.conv.") },
        { $0.contains(".rel_embeddings.") }, { $0.contains("word_embeddings") || $0.contains("layer.1.") },
        { !$0.contains("encoder.") && !$0.contains("embeddings") }, { !$0.hasSuffix(".bias") },
        { $0.hasSuffix(".bias") },
        { $0.contains("query") || $0.contains("embed_proj") },
    ]

    /// What is trained gets the same bits as in the whole backward pass, and nothing else gets a gradient.
    @Test(arguments: cases) func gradientsOfTheTrainedAreTheSame(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let micro = try golden.microBatch()
        let whole = try Self.model(golden) { _ in true }
        let loss = try micro.step(whole, dropout: 5)
        let expected = try whole.store.gradients()
        for (number, isTrained) in Self.choices.enumerated() {
            for recomputes in [false, true] {
                let model = try Self.model(golden, recomputes: recomputes, isTrained)
                // A second step finds the matrices that the first one packed.
                for _ in 0..<2 { #expect(try micro.step(model, dropout: 5) == loss, "choice \(number)") }
                for (slot, parameter) in model.store.slots.enumerated() {
                    #expect(parameter.isTrained == isTrained(parameter.name))
                    let found = try model.store.read(slot, .gradient)
                    let truth = isTrained(parameter.name) ? expected[parameter.name] : []
                    #expect(found == truth, "choice \(number): \(parameter.name)")
                    #expect(try model.store.read(slot, .squares).isEmpty == !parameter.isTrained)
                }
            }
        }
    }

    /// A frozen parameter that is written is seen by the passes after packing.
    @Test func writtenValuesAreSeen() throws {
        let golden = try TrainingGolden(gradients: "published")
        let micro = try golden.microBatch()
        let (first, second) = (try Self.model(golden) { _ in false }, try Self.model(golden) { _ in true })
        let loss = try micro.step(first)
        for (slot, parameter) in first.store.slots.enumerated() {
            let values = try first.store.read(slot, .value).map { $0 * 1.25 }
            for model in [first, second] { try model.store.write(slot, .value, values) }
            #expect(!parameter.isTrained)
        }
        for model in [first, second] { try model.store.repack() }
        let changed = try micro.step(first)
        #expect(changed != loss)
        #expect(try micro.step(second) == changed)
        #expect(try first.store.gradients().values.allSatisfy(\.isEmpty))
    }

    /// `[PAD]` stands for nothing and learns nothing; the gradients of all others stay.
    @Test func paddingLearnsNothing() throws {
        let golden = try TrainingGolden(gradients: "c2p")
        let model = try Self.model(golden) { _ in true }
        let padding = Int32(model.config.padTokenId)
        let texts = [[1, 5, padding, 7, padding, 9], [1, 8, 9, 7]] as [[Int32]]
        let choices = [MicroBatch.Choice(places: [0, 1, 2], target: 1), .init(places: [3, 4, 5], target: 0)]
        let micro = MicroBatch(batch: try SequenceBatch(texts), head: golden.head, choices: choices, scale: 0.5)
        _ = try micro.step(model)
        let width = model.config.embeddingSize
        let found = try model.store.gradients()["deberta.embeddings.word_embeddings.weight"] ?? []
        for word in 0..<model.config.vocabSize {
            let row = Array(found[word * width..<(word + 1) * width])
            let isThere = texts.joined().contains(Int32(word)) && word != Int(padding)
            #expect((norm(row) > 0) == isThere, "word \(word)")
        }
    }
}
