import ErlangshenModel
import Testing

@testable import ErlangshenPipelines

/// The weights are those of the model room, which its tests hold against transformers; here is how text meets them.
struct AttentionPipelineTests {
    private func pipeline(_ name: String) throws -> FeatureExtractionPipeline {
        try TaskPipelines(directory: "\(Goldens.directory)/\(name)", device: Goldens.device.get()).features
    }

    /// [CLS] 山 水 read 。 [SEP], with a space before the word and one behind the text.
    @Test(arguments: [(0, 1), (1, 2), (2, 3), (3, 3), (6, 3), (7, 4), (8, 4)])
    func `the token that holds the position looks, else the next, at the end the last`(
        position: Int, query: Int
    ) throws {
        #expect(try pipeline("masked-lm").attention("山水 read。 ", position: position).query == query)
    }

    @Test func `tokens lead back to the text`() throws {
        let features = try pipeline("masked-lm")
        let text = "山水 read[MASK]。"
        let result = try features.attention(text, position: 1, layer: 0, head: 1)
        #expect(result.tokens.map(\.text) == ["[CLS]", "山", "水", "read", "[MASK]", "。", "[SEP]"])
        #expect(result.tokens.map(\.range) == [0..<0, 0..<1, 1..<2, 3..<7, 7..<13, 13..<14, 0..<0])
        #expect((result.layer, result.layerCount, result.head, result.headCount, result.query) == (0, 2, 1, 2, 2))
        let ids = try features.tokenizer.encode(text).ids
        let row = try features.loaded.model.attention(ids, layer: 0, head: 1, query: 2)
        #expect(result.tokens.map(\.weight) == row.weights)
        #expect(result.tokens.map(\.c2c) == row.c2c)
        #expect(result.tokens.map(\.c2p) == row.c2p)
        #expect(result.tokens.map(\.p2c) == row.p2c)
        #expect(result.shares == row.shares)
        #expect(abs(result.tokens.reduce(0) { $0 + $1.weight } - 1) < Goldens.tolerance)
    }

    @Test func `JSON leaves out the terms that a model does not have`() throws {
        let deberta = try pipeline("masked-lm").attention("山水").json
        #expect(deberta["tokens"]?.arrayValue?.first?.objectValue?.keys.contains("p2c") == true)
        #expect(deberta["shares"]?.objectValue?.keys == ["c2c", "c2p", "p2c"])
        #expect(deberta["head"] == .null)
        let bert = try pipeline("bert-masked-lm").attention("山水").json
        #expect(bert["tokens"]?.arrayValue?.first?.objectValue?.keys == ["text", "start", "end", "weight", "c2c"])
        #expect(bert["shares"] == ["c2c": 1.0])
    }

    @Test func `what is out of range or has no tokens is refused`() throws {
        let features = try pipeline("masked-lm")
        for (position, layer, head) in [(2, 0, 0), (-1, 0, 0), (0, 2, 0), (0, -1, 0), (0, 0, 2), (0, 0, -1)] {
            #expect(throws: PipelineError.self) {
                try features.attentionQuestion("山水", position: position, layer: layer, head: head)
            }
        }
        for text in ["", "  "] {
            #expect(throws: PipelineError.self) { try features.attentionQuestion(text) }
        }
    }

    @Test func `replies are no longer than foreseen`() throws {
        let features = try pipeline("masked-lm")
        let question = try features.attentionQuestion("山水甲天下,他在北京看书。")
        let bytes = try features.answer(question).json.serialized().utf8.count
        #expect((bytes...bytes * 4).contains(question.replyByteCount))
    }
}
