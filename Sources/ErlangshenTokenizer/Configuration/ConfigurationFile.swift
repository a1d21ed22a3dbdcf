import ErlangshenJSON

/// One JSON file of a tokenizer folder; every refusal names it, the key and the value.
struct ConfigurationFile {
    let path: String
    let settings: JSONObject

    /// Longer files are not configurations of a tokenizer.
    private static let maximumByteCount = 8 << 20

    /// Nil if there is no such file.
    init?(path: String) throws(TokenizerError) {
        guard let bytes = try FileBytes.load(path, limit: Self.maximumByteCount, optional: true) else { return nil }
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            throw .malformedJSON(path: path, error: error)
        }
        guard let settings = value.objectValue else {
            throw .unsupportedSetting(
                source: path, key: "the file", value: Self.shown(value), supported: "an object {…}")
        }
        self.path = path
        self.settings = settings
    }

    /// A setting that is there and not null.
    func value(_ key: String) -> JSONValue? {
        guard let value = settings[key], !value.isNull else { return nil }
        return value
    }

    func refusal(_ key: String, _ value: JSONValue, supported: String) -> TokenizerError {
        .unsupportedSetting(source: path, key: key, value: Self.shown(value), supported: supported)
    }

    func bool(_ key: String) throws(TokenizerError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.boolValue else { throw refusal(key, value, supported: "true, false or null") }
        return bool
    }

    /// Refuses the other value of a switch that has only one here.
    func require(_ key: String, toBe wanted: Bool) throws(TokenizerError) {
        guard let found = try bool(key), found != wanted else { return }
        throw refusal(key, .bool(found), supported: "\(wanted)")
    }

    func side(_ key: String) throws(TokenizerError) -> Side? {
        guard let value = value(key) else { return nil }
        guard let side = value.stringValue.flatMap(Side.init(rawValue:)) else {
            throw refusal(key, value, supported: "\"left\" and \"right\"")
        }
        return side
    }

    func checkTokenizerClass() throws(TokenizerError) {
        let known = ["BertTokenizer", "BertTokenizerFast"]
        guard let value = value("tokenizer_class") else { return }
        guard let name = value.stringValue, known.contains(name) else {
            throw refusal("tokenizer_class", value, supported: known.joined(separator: ", "))
        }
    }

    /// Nil also for the huge number that means "not known".
    func modelMaxLength() throws(TokenizerError) -> Int? {
        guard let value = value("model_max_length") else { return nil }
        guard let length = value.doubleValue, length >= 1, length == length.rounded(.down) else {
            throw refusal("model_max_length", value, supported: "whole numbers from 1")
        }
        return length < 1e9 ? Int(length) : nil
    }

    /// Tokens that shall never be split are refused unless they are found as special tokens anyway.
    func checkNeverSplit() throws(TokenizerError) {
        guard let value = value("never_split") else { return }
        guard let list = value.arrayValue, list.isEmpty else {
            throw refusal("never_split", value, supported: "null; name such tokens in additional_special_tokens")
        }
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.serialized()
        return text.unicodeScalars.count > 80 ? String(text.unicodeScalars.prefix(80)) + "…" : text
    }
}
