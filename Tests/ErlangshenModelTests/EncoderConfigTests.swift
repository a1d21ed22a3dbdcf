import ErlangshenJSON
import ErlangshenModel
import Testing

@Suite struct EncoderConfigTests {
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

    /// The file of a RoBERTa-wwm-ext, with other values for some keys.
    static func bert(_ changes: [(key: String, value: JSONValue)] = []) -> JSONValue {
        let published: JSONObject = [
            "architectures": ["BertForMaskedLM"], "model_type": "bert", "directionality": "bidi", "hidden_act": "gelu",
            "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
            "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": 12, "output_past": true,
            "pad_token_id": 0, "pooler_fc_size": 768, "pooler_type": "first_token_transform", "type_vocab_size": 2,
            "vocab_size": 21128,
        ]
        let changed = Set(changes.map(\.key))
        return .object(
            JSONObject(published.filter { !changed.contains($0.0) }.map { (key: $0.0, value: $0.1) } + changes))
    }

    @Test func readsABert() throws {
        let config = try EncoderConfig(json: Self.bert(), source: "test")
        #expect(config.modelType == .bert && config.vocabSize == 21128 && config.attentionHeadSize == 64)
        #expect(config.positionBiasedInput && config.typeVocabSize == 2 && config.layerNormEps == 1e-12)
        #expect(!config.relativeAttention && !config.c2p && !config.p2c && config.convKernelSize == 0)
        #expect(config.poolerHiddenAct == .tanh && config.legacy && config.embeddingSize == 768)
    }

    @Test func theDefaultsOfABert() throws {
        let absent: [(key: String, value: JSONValue)] = [
            "hidden_act", "layer_norm_eps", "type_vocab_size", "pad_token_id",
        ]
        .map { ($0, .null) }
        let config = try EncoderConfig(json: Self.bert(absent), source: "test")
        #expect(try config == EncoderConfig(json: Self.bert(), source: "test"))
    }

    @Test(
        arguments: [
            ("position_embedding_type", "relative_key"), ("position_embedding_type", 3), ("is_decoder", true),
            ("add_cross_attention", true), ("is_decoder", "no"), ("type_vocab_size", 0), ("vocab_size", .null),
            ("max_position_embeddings", .null), ("hidden_size", 770), ("hidden_act", "mish"), ("layer_norm_eps", -1),
            ("model_type", "roberta"), ("model_type", 1), ("intermediate_size", .null),
        ] as [(String, JSONValue)])
    func refusesABertNamingTheKey(key: String, value: JSONValue) {
        #expect {
            try EncoderConfig(json: Self.bert([(key, value)]), source: "test")
        } throws: { error in
            let text = (error as? ModelError)?.description ?? ""
            return text.contains(key == "hidden_size" ? "num_attention_heads" : key) && text.contains("supported")
        }
    }

    @Test func withoutAModelTypeTheArchitecturesCount() throws {
        let bert = try EncoderConfig(json: Self.bert([("model_type", .null)]), source: "test")
        #expect(bert.modelType == .bert)
        let other = try EncoderConfig(json: Self.changed("model_type", .null), source: "test")
        #expect(other.modelType == .debertaV2)
    }

    @Test func readsThePublishedKeys() throws {
        let config = try EncoderConfig(json: .object(Self.published), source: "test")
        #expect(config.attentionHeadSize == 64 && config.c2p && config.p2c && config.convKernelSize == 3)
        #expect(config.relativePosition == RelativePosition(positionBuckets: 256, maxRelativePositions: 512))
    }

    @Test(
        arguments: [
            ("model_type", "roberta"), ("vocab_size", 0), ("vocab_size", 1e9), ("hidden_size", -768),
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
            try EncoderConfig(json: Self.changed(key, value), source: "test")
        } throws: { error in
            let text = (error as? ModelError)?.description ?? ""
            return text.contains(key == "max_relative_positions" ? "position_buckets" : key)
        }
    }
}
