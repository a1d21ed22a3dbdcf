import ErlangshenJSON

extension TokenizerOptions {
    /// Reads `tokenizer_config.json` and `special_tokens_map.json` of a folder; either may be missing.
    ///
    /// - Parameters:
    ///   - directory: The model folder.
    ///   - vocabulary: Checks the ids that a configuration gives to its special tokens.
    /// - Throws: `unreadableFile`, `fileTooLarge`, `malformedJSON`, `conflictingSetting` where the two files disagree,
    ///   and `unsupportedSetting` for any value that would change the tokens in a way that is not implemented.
    public init(directory: String, vocabulary: Vocabulary) throws(TokenizerError) {
        self.init()
        let config = try ConfigurationFile(path: directory + "/tokenizer_config.json")
        let map = try ConfigurationFile(path: directory + "/special_tokens_map.json")
        try config?.checkTokenizerClass()
        try readSwitches(config)
        try readLengthsAndSides(config)
        for (key, path) in Self.namedTokens {
            if let token = try ConfigurationFile.agreed(key, config, map) { self[keyPath: path] = token }
        }
        for file in [config, map].compactMap({ $0 }) { additionalSpecialTokens += try file.additionalTokens() }
        additionalSpecialTokens += try config?.addedTokens(in: vocabulary) ?? []
        guard additionalSpecialTokens.count <= Self.maximumAdditionalCount else {
            throw .unsupportedSetting(
                source: config?.path ?? directory, key: "additional_special_tokens",
                value: "a list of \(additionalSpecialTokens.count)", supported: "up to \(Self.maximumAdditionalCount)")
        }
        additionalSpecialTokens = specialTokens.filter { !isNamed($0) }
    }

    private static let maximumAdditionalCount = 1000

    private static let namedTokens: [(String, any WritableKeyPath<TokenizerOptions, String> & Sendable)] = [
        ("unk_token", \.unkToken), ("sep_token", \.sepToken), ("pad_token", \.padToken),
        ("cls_token", \.clsToken), ("mask_token", \.maskToken),
    ]

    private func isNamed(_ token: String) -> Bool {
        Self.namedTokens.contains { self[keyPath: $0.1].utf8.elementsEqual(token.utf8) }
    }

    private mutating func readSwitches(_ config: ConfigurationFile?) throws(TokenizerError) {
        guard let config else { return }
        doLowerCase = try config.bool("do_lower_case") ?? doLowerCase
        tokenizeChineseChars = try config.bool("tokenize_chinese_chars") ?? tokenizeChineseChars
        stripAccents = try config.bool("strip_accents")
        cleanUpTokenizationSpaces = try config.bool("clean_up_tokenization_spaces") ?? cleanUpTokenizationSpaces
        try config.require("do_basic_tokenize", toBe: true)
        try config.require("split_special_tokens", toBe: false)
        try config.checkNeverSplit()
    }

    private mutating func readLengthsAndSides(_ config: ConfigurationFile?) throws(TokenizerError) {
        guard let config else { return }
        modelMaxLength = try config.modelMaxLength()
        paddingSide = try config.side("padding_side") ?? paddingSide
        truncationSide = try config.side("truncation_side") ?? truncationSide
    }
}
