extension BertTokenizer {
    /// The tokens of `ids` joined by spaces, as transformers joins them.
    ///
    /// - Parameters:
    ///   - ids: Ids of the vocabulary, special ones included.
    ///   - skipSpecialTokens: Whether special tokens are left out.
    ///   - cleanUpTokenizationSpaces: Whether spaces before `'`, `n't` and the like go too; nil follows the
    ///     configuration. Spaces before `. ? ! ,` go in any case.
    /// - Throws: `idOutOfRange`, where transformers leaves the token out.
    public func decode(
        _ ids: some Sequence<Int32>, skipSpecialTokens: Bool = false, cleanUpTokenizationSpaces: Bool? = nil
    ) throws(TokenizerError) -> String {
        var text = TokenJoining.joined(try tokens(of: ids, skipSpecialTokens: skipSpecialTokens))
        if cleanUpTokenizationSpaces ?? options.cleanUpTokenizationSpaces { text = TokenJoining.cleanedUp(text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Tokens joined by spaces, as `convert_tokens_to_string` of transformers joins them.
    ///
    /// Unlike `decode` it takes tokens that are no entry of the vocabulary, and never cleans up the whole text.
    public func joined(_ tokens: some Sequence<String>) -> String {
        String(decoding: TokenJoining.joined(tokens.map { Array($0.utf8)[...] }), as: UTF8.self)
    }

    /// The tokens of `ids` joined as a reader would write them: no spaces in Chinese, single spaces between words.
    ///
    /// A reading aid, not an inverse: lower case, accents and unknown words stay as the tokens have them.
    ///
    /// - Throws: `idOutOfRange`.
    public func text(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool = true) throws(TokenizerError) -> String {
        var joiner = ChineseJoiner()
        for token in try tokens(of: ids, skipSpecialTokens: skipSpecialTokens) {
            joiner.append(String(decoding: token, as: UTF8.self))
        }
        return joiner.text
    }

    private func tokens(
        of ids: some Sequence<Int32>, skipSpecialTokens: Bool
    ) throws(TokenizerError) -> [ArraySlice<UInt8>] {
        var tokens: [ArraySlice<UInt8>] = []
        var position = 0
        for id in ids {
            guard id >= 0, Int(id) < vocabulary.count else {
                throw .idOutOfRange(id: Int(id), position: position, vocabularySize: vocabulary.count)
            }
            position += 1
            if skipSpecialTokens, isSpecial(id) { continue }
            tokens.append(vocabulary.bytes(of: Int(id)))
        }
        return tokens
    }
}
