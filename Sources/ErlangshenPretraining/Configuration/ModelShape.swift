import ErlangshenCheckpoint
import ErlangshenJSON

/// The config.json of a model that begins with random weights.
enum ModelShape {
    /// Hidden size, layers, heads, intermediate size of the built-in shapes.
    private static let presets: [(name: String, sizes: [Int64])] = [
        ("tiny", [128, 4, 4, 512]), ("small", [384, 6, 6, 1_536]), ("97m", [768, 12, 12, 3_072]),
        ("320m", [1_024, 24, 16, 4_096]), ("710m", [1_536, 24, 24, 6_144]),
    ]

    /// Their names.
    static let names = presets.map(\.name)

    /// What all of them share: the configuration of the published Erlangshen-DeBERTa-v2 models.
    private static let shared: JSONObject = [
        "model_type": "deberta-v2", "vocab_size": 12_800, "hidden_size": 768, "num_hidden_layers": 12,
        "num_attention_heads": 12, "intermediate_size": 3_072, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02, "max_position_embeddings": 512,
        "relative_attention": true, "position_buckets": 256, "norm_rel_ebd": "layer_norm", "share_att_key": true,
        "pos_att_type": "c2p|p2c", "conv_kernel_size": 3, "conv_act": "gelu", "layer_norm_eps": 1e-7,
        "max_relative_positions": -1, "position_biased_input": false, "type_vocab_size": 0, "pad_token_id": 0,
    ]

    /// The keys that `shape` may change.
    static let keys = Array(shared.keys) + ["conv_groups", "embedding_size", "tie_word_embeddings", "legacy"]

    /// The configuration that settings ask for, for a vocabulary of so many words.
    ///
    /// `vocab_size` is the file's, that of `shape`, or the number of words: a built-in shape has none of its own.
    /// - Throws: `PretrainingError`; what a model cannot be is found out when it is made.
    static func configuration(
        _ settings: PretrainingSettings, wordCount: Int
    ) throws(PretrainingError) -> (path: String, object: JSONObject) {
        var object = shared
        var path = "preset \(settings.preset ?? "")"
        if let file = settings.modelConfig {
            (path, object) = (file, try read(file))
        } else {
            guard let preset = presets.first(where: { $0.name == settings.preset }) else {
                throw .invalidValue(
                    key: "preset", value: settings.preset?.quoted() ?? "left out",
                    expected: "one of \(names.joined(separator: ", ")), unless there is a model or a model-config")
            }
            object["vocab_size"] = .integer(Int64(wordCount))
            for (key, size) in zip(
                ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"], preset.sizes)
            {
                object[key] = .integer(size)
            }
        }
        for (key, word) in settings.shape.sorted(by: { $0.key < $1.key }) { object[key] = value(of: word) }
        return (path, object)
    }

    /// A number, true, false or null where a word is one, else a text.
    private static func value(of word: String) -> JSONValue {
        if let value = try? JSONValue.parse(Array(word.utf8)), value.arrayValue == nil, value.objectValue == nil {
            return value
        }
        // 1e-7 and the like have forms that JSON lacks.
        return Double(word).map { .double($0) } ?? .string(word)
    }

    static func read(_ path: String) throws(PretrainingError) -> JSONObject {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .training(.checkpoint(error)) }
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch {
            throw .configuration(path: path, line: nil, reason: "\(error)")
        }
        guard let object = json.objectValue else {
            throw .configuration(path: path, line: nil, reason: "it is no JSON object")
        }
        return object
    }
}
