import ErlangshenCheckpoint
package import ErlangshenJSON
package import ErlangshenTokenizer

/// Where a model to fine-tune comes from.
public enum ModelSource: Sendable, Equatable {
    /// A published or fine-tuned folder.
    case folder(String)
    /// Random weights of the shape that a `config.json` says, with the words of a `vocab.txt`.
    case scratch(config: String, vocabulary: String)

    /// The files that belong to the tokenizer, under their usual names.
    private static let tokenizerFiles = [
        "vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    ]

    /// `config.json`, with its path.
    package func configuration() throws(TrainingError) -> (path: String, object: JSONObject) {
        let path =
            switch self {
            case .folder(let folder): folder + "/config.json"
            case .scratch(let config, _): config
            }
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .checkpoint(error) }
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw .invalidFile(path: path, reason: "\(error)") }
        guard let object = json.objectValue else { throw .invalidFile(path: path, reason: "it is no JSON object") }
        return (path, object)
    }

    /// The tokenizer.
    package func tokenizer() throws(TrainingError) -> BertTokenizer {
        do {
            return switch self {
            case .folder(let folder): try BertTokenizer(directory: folder)
            case .scratch(_, let path): try BertTokenizer(vocabulary: try Vocabulary(file: path))
            }
        } catch {
            throw .tokenizer(error)
        }
    }

    /// The tokenizer's files by name, to be written beside trained weights.
    package func tokenizerFiles() throws(TrainingError) -> [(name: String, bytes: [UInt8])] {
        switch self {
        case .folder(let folder):
            var files: [(String, [UInt8])] = []
            for name in Self.tokenizerFiles where FileWork.exists(folder + "/" + name) {
                files.append((name, try Self.read(folder + "/" + name)))
            }
            return files
        case .scratch(_, let path):
            let options = TokenizerOptions()
            let text = JSONValue.object([
                "tokenizer_class": "BertTokenizer", "do_lower_case": .bool(options.doLowerCase),
                "tokenize_chinese_chars": .bool(options.tokenizeChineseChars),
                "pad_token": .string(options.padToken), "cls_token": .string(options.clsToken),
                "sep_token": .string(options.sepToken), "unk_token": .string(options.unkToken),
                "mask_token": .string(options.maskToken),
            ]).serialized(pretty: true)
            return [("vocab.txt", try Self.read(path)), ("tokenizer_config.json", Array((text + "\n").utf8))]
        }
    }

    private static func read(_ path: String) throws(TrainingError) -> [UInt8] {
        do { return try SmallFile.read(path) } catch { throw .checkpoint(error) }
    }

    /// What a model card calls it.
    package var title: String {
        switch self {
        case .folder(let folder):
            folder.split(separator: "/").last.map(String.init) ?? folder
        case .scratch(let config, _): "random weights (\(config.split(separator: "/").last ?? "config.json"))"
        }
    }
}
