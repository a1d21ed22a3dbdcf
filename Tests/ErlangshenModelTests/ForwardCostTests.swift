// Counted by hand for C 4, F 8, V 10, K 3, L 2 and sequences of 3 and 2 tokens, N 5; a product [N, I]·[O, I]ᵀ is 2·N·I·O.
//
//   convolution       2·5·12·4 = 480                                           weights 48
//   a layer           Q 160, K and V 320, output 160, feed-forward 320 + 320   weights 16 + 32 + 16 + 32 + 32 = 128
//   its attention     2·(3² + 2²)·4 = 104 for each of content, c2p, p2c, values
//   head, every row   dense 2·5·4·4 = 160, vocabulary 2·5·4·10 = 400           weights 16 + 40
//
// So all rows take 480 + 2·1280 + 560 = 3600 and 2·4·104 = 832 in attention, with 48 + 2·128 + 56 = 360 weights.
import ErlangshenJSON
import ErlangshenModel
import Testing

@Suite struct ForwardCostTests {
    private func config(_ changes: [(key: String, value: JSONValue)] = []) throws -> EncoderConfig {
        let own: [(key: String, value: JSONValue)] = [
            ("hidden_size", 4), ("num_attention_heads", 1), ("intermediate_size", 8), ("vocab_size", 10),
            ("num_hidden_layers", 2),
        ]
        let changed = Set((own + changes).map(\.key))
        let base = EncoderConfigTests.published.filter { !changed.contains($0.0) }.map { (key: $0.0, value: $0.1) }
        let kept = own.filter { item in !changes.contains { $0.key == item.key } }
        return try EncoderConfig(json: .object(JSONObject(base + kept + changes)), source: "test")
    }

    @Test func everyRow() throws {
        let cost = try ForwardCost(config: config(), lengths: [3, 2], head: .maskedLM)
        #expect(cost.productOperations == 3600)
        #expect(cost.attentionOperations == 832)
        #expect(cost.float32Operations == 0 && cost.float32WeightCount == 0)
        #expect(cost.operations == 4432)
        #expect(cost.weightCount == 360)
        #expect(cost.weightBytes(bytesPerWeight: 2) == 720)
    }

    /// A step of training: 3 times the operations; 7 parameters of 20 bytes.
    @Test func training() throws {
        let cost = try ForwardCost(config: config(), lengths: [3, 2], head: .maskedLM).ofTraining(parameterCount: 7)
        #expect(cost.operations == 3 * 4432 && cost.weightCount == 360 && cost.optimiserBytes == 140)
    }

    @Test func rowsThatTheHeadReads() throws {
        // Of the last layer one row: Q 32, K and V 320, output 32, feed-forward 128; attention 2·1·3·4·4 = 96.
        let cost = try ForwardCost(config: config(), lengths: [3, 2], rowsRead: [1, 0], head: .maskedLM)
        #expect(cost.productOperations == 2384)
        #expect(cost.attentionOperations == 512)
        #expect(cost.weightCount == 360)
    }

    @Test func classifier() throws {
        // Two rows of the last layer: Q 64, K and V 320, output 64, feed-forward 256; attention 2·(3 + 2)·4·4 = 160.
        // Pooler 2·2·4·4 = 64, three labels 2·2·4·3 = 48.
        let labels: JSONValue = ["0": "a", "1": "b", "2": "c"]
        let cost = try ForwardCost(config: config([("id2label", labels)]), lengths: [3, 2], head: .classifier)
        #expect(cost.productOperations == 2464)
        #expect(cost.attentionOperations == 576)
        #expect(cost.float32Operations == 112 && cost.float32WeightCount == 28)
        #expect(cost.weightBytes(bytesPerWeight: 1) == 416)
    }

    @Test func bert() throws {
        // Neither convolution nor position terms: 2·1280 + 560 = 3120, and 2·2·104 = 416 in attention.
        let bert = EncoderConfigTests.bert([
            ("hidden_size", 4), ("num_attention_heads", 1), ("intermediate_size", 8), ("vocab_size", 10),
            ("num_hidden_layers", 2), ("id2label", ["0": "a", "1": "b", "2": "c"]),
        ])
        let config = try EncoderConfig(json: bert, source: "test")
        let cost = ForwardCost(config: config, lengths: [3, 2], head: .maskedLM)
        #expect(cost.productOperations == 3120 && cost.attentionOperations == 416)
        #expect(cost.weightCount == 312 && cost.float32WeightCount == 0)
        // Of a layer of one row and a head that reads it: Q 32, K and V 320, output 32, feed-forward 128, head 112.
        let one = ForwardCost(config: config, lengths: [3, 2], rowsRead: [1, 0], head: .maskedLM)
        #expect(one.productOperations == 1904 && one.attentionOperations == 208 + 48)
        let classifier = ForwardCost(config: config, lengths: [3, 2], head: .classifier)
        #expect(classifier.float32Operations == 112 && classifier.float32WeightCount == 28)
    }

    @Test func partsThatAConfigurationLacks() throws {
        let plain = try ForwardCost(
            config: config([("relative_attention", false), ("conv_kernel_size", 0)]), lengths: [3, 2], head: .maskedLM)
        #expect(plain.productOperations == 3120 && plain.attentionOperations == 416)
        let oneTerm = try ForwardCost(config: config([("pos_att_type", "c2p")]), lengths: [3, 2], head: .maskedLM)
        #expect(oneTerm.attentionOperations == 624)
        // Embeddings of width 2: their projection 2·5·2·4 = 80, dense 2·5·4·2 = 80, vocabulary 2·5·2·10 = 200.
        let narrow = try ForwardCost(
            config: config([("embedding_size", 2), ("conv_groups", 2)]), lengths: [3, 2], head: .maskedLM)
        #expect(narrow.productOperations == 3160)
        #expect(narrow.weightCount == 316)
        // One layer whose convolution reads neighbours is computed whole, one without is not.
        let whole = try ForwardCost(
            config: config([("num_hidden_layers", 1)]), lengths: [3, 2], rowsRead: [1, 0], head: .maskedLM)
        #expect(whole.productOperations == 1872)
        let part = try ForwardCost(
            config: config([("num_hidden_layers", 1), ("conv_kernel_size", 0)]), lengths: [3, 2], rowsRead: [1, 0],
            head: .maskedLM)
        #expect(part.productOperations == 624)
    }
}
