import ErlangshenCheckpoint
import ErlangshenJSON
public import ErlangshenTokenizer

/// Writes a vocabulary as a folder that this package and transformers open.
public enum VocabularyFolder {
    /// Writes `vocab.txt` and `tokenizer_config.json`, which replace any that are there; makes the folder.
    ///
    /// - Throws: `file` when the disk refuses.
    public static func write(_ tokens: [String], options: TokenizerOptions, to folder: String) throws(CorpusError) {
        var config: JSONObject = [
            "tokenizer_class": .string("BertTokenizer"), "do_lower_case": .bool(options.doLowerCase),
            "tokenize_chinese_chars": .bool(options.tokenizeChineseChars),
            "strip_accents": options.stripAccents.map { .bool($0) } ?? .null,
            "pad_token": .string(options.padToken), "unk_token": .string(options.unkToken),
            "cls_token": .string(options.clsToken), "sep_token": .string(options.sepToken),
            "mask_token": .string(options.maskToken),
        ]
        if let length = options.modelMaxLength { config["model_max_length"] = .integer(Int64(length)) }
        let text = tokens.joined(separator: "\n") + "\n"
        do throws(CheckpointError) {
            SystemText.makeFolder(folder)
            try SmallFile.write(Array(text.utf8), to: folder + "/vocab.txt")
            let json = JSONValue.object(config).serialized(pretty: true) + "\n"
            try SmallFile.write(Array(json.utf8), to: folder + "/tokenizer_config.json")
        } catch {
            throw .file(error)
        }
    }
}
