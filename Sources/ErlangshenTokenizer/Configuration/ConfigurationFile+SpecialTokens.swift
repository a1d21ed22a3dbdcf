import ErlangshenJSON

extension ConfigurationFile {
    /// A named special token that stands in either file, or equally in both.
    static func agreed(
        _ key: String, _ first: ConfigurationFile?, _ second: ConfigurationFile?
    ) throws(TokenizerError) -> String? {
        let one = try first?.namedToken(key)
        let other = try second?.namedToken(key)
        if let first, let second, let one, let other, !one.utf8.elementsEqual(other.utf8) {
            throw .conflictingSetting(
                key: key, firstSource: first.path, first: one, secondSource: second.path, second: other)
        }
        return one ?? other
    }

    private func namedToken(_ key: String) throws(TokenizerError) -> String? {
        guard let value = settings[key] else { return nil }
        return try content(of: value, key: key)
    }

    /// The text of a token, which is a string or an object with a `content`.
    private func content(of value: JSONValue, key: String) throws(TokenizerError) -> String {
        if let text = value.stringValue, !text.isEmpty { return text }
        guard let object = value.objectValue, let text = object["content"]?.stringValue, !text.isEmpty else {
            throw refusal(key, value, supported: "a token that is not empty")
        }
        for flag in ["lstrip", "rstrip", "single_word", "normalized"] {
            guard let found = object[flag], found != .bool(false) else { continue }
            throw refusal("\(key).\(flag)", found, supported: "false")
        }
        return text
    }

    /// Special tokens beside the five: listed ones, and a `bos_token` or `eos_token` that is not null.
    func additionalTokens() throws(TokenizerError) -> [String] {
        var tokens: [String] = []
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            guard let value = value(key), value.objectValue?.isEmpty != true else { continue }
            guard let list = value.arrayValue else { throw refusal(key, value, supported: "a list of tokens") }
            for item in list { tokens.append(try content(of: item, key: key)) }
        }
        for key in ["bos_token", "eos_token"] {
            if let value = value(key) { tokens.append(try content(of: value, key: key)) }
        }
        return tokens
    }

    /// Tokens of `added_tokens_decoder`, which must have the ids that the vocabulary gives them.
    func addedTokens(in vocabulary: Vocabulary) throws(TokenizerError) -> [String] {
        let key = "added_tokens_decoder"
        guard let value = value(key) else { return [] }
        guard let object = value.objectValue else { throw refusal(key, value, supported: "an object") }
        var tokens: [String] = []
        for (id, entry) in object {
            let token = try content(of: entry, key: "\(key).\(id)")
            guard let known = vocabulary.id(of: token), String(known) == id else {
                throw refusal("\(key).\(id)", entry, supported: "tokens of vocab.txt under their ids there")
            }
            if let special = entry["special"], special != .bool(true) {
                throw refusal("\(key).\(id).special", special, supported: "true")
            }
            tokens.append(token)
        }
        return tokens
    }
}
