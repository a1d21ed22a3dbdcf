import ErlangshenJSON
import ErlangshenModel
import Testing

@Suite struct DebertaV2ConfigTests {
    static let published: JSONObject = [
        "model_type": "deberta-v2", "vocab_size": 12800, "hidden_size": 768, "num_hidden_layers": 12,
        "num_attention_heads": 12, "intermediate_size": 3072, "hidden_act": "gelu", "layer_norm_eps": 1e-7,
        "max_position_embeddings": 512, "relative_attention": true, "position_buckets": 256,
        "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": "c2p|p2c", "conv_kernel_size": 3,
        "conv_act": "gelu", "max_relative_positions": -1, "position_biased_input": false, "type_vocab_size": 0,
    ]

    static func changed(_ key: String, _ value: JSONValue) -> JSONValue {
        let pairs = Self.published.filter { $0.0 != key }.map { (key: $0.0, value: $0.1) }
        return .object(JSONObject(pairs + [(key: key, value: value)]))
    }

    @Test func readsThePublishedKeys() throws {
        let config = try DebertaV2Config(json: .object(Self.published), source: "test")
        #expect(config.attentionHeadSize == 64 && config.c2p && config.p2c && config.convKernelSize == 3)
        #expect(config.relativePosition == RelativePosition(positionBuckets: 256, maxRelativePositions: 512))
    }

    @Test(
        arguments: [
            ("model_type", "bert"), ("vocab_size", 0), ("vocab_size", 1e9), ("hidden_size", -768),
            ("hidden_size", "768"),
            ("num_attention_heads", 7), ("num_hidden_layers", 1_000_000), ("intermediate_size", .null),
            ("hidden_act", "gelu_weird"), ("layer_norm_eps", 0), ("layer_norm_eps", "tiny"),
            ("pos_att_type", "c2p|p2p"),
            ("position_buckets", 1), ("conv_kernel_size", 4), ("conv_kernel_size", -1), ("conv_groups", 5),
            ("attention_head_size", 32), ("pooler_hidden_size", 10), ("share_att_key", "yes"), ("id2label", ["a"]),
            ("max_position_embeddings", 0), ("max_relative_positions", 100),
        ] as [(String, JSONValue)])
    func refusesNamingTheKey(key: String, value: JSONValue) {
        #expect {
            try DebertaV2Config(json: Self.changed(key, value), source: "test")
        } throws: { error in
            let text = (error as? ModelError)?.description ?? ""
            return text.contains(key == "max_relative_positions" ? "position_buckets" : key)
        }
    }
}
