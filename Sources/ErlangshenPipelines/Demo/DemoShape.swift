import ErlangshenJSON

/// The shape of the demonstration model: every part of an Erlangshen model, in a few megabytes.
enum DemoShape {
    static let hiddenSize = 32
    static let layerCount = 2
    static let headCount = 2
    static let intermediateSize = 64
    static let positionBuckets = 256
    static let convKernelSize = 3
    /// Larger than the 0.02 of training: so small a model would answer every text with nearly equal probabilities.
    static let deviation: Float = 0.2

    /// `config.json`.
    static func config(vocabularySize: Int) -> JSONValue {
        [
            "model_type": "deberta-v2", "architectures": ["DebertaV2ForMaskedLM"],
            "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
            "hidden_size": .integer(Int64(hiddenSize)), "initializer_range": 0.02,
            "intermediate_size": .integer(Int64(intermediateSize)), "max_position_embeddings": 512,
            "relative_attention": true, "position_buckets": .integer(Int64(positionBuckets)),
            "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": "c2p|p2c",
            "conv_kernel_size": .integer(Int64(convKernelSize)), "conv_act": "gelu", "layer_norm_eps": 1e-7,
            "max_relative_positions": -1, "position_biased_input": false,
            "num_attention_heads": .integer(Int64(headCount)), "num_hidden_layers": .integer(Int64(layerCount)),
            "type_vocab_size": 0, "vocab_size": .integer(Int64(vocabularySize)),
        ]
    }

    /// `tokenizer_config.json`.
    static let tokenizerConfig: JSONValue = [
        "tokenizer_class": "BertTokenizer", "do_lower_case": true, "tokenize_chinese_chars": true,
        "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]",
        "mask_token": "[MASK]",
    ]
}
