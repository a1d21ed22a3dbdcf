/// The tokens of a text, without special ones around it, and which of them go on with the word before.
public struct TokenizedText: Sendable, Equatable {
    /// Ids of the vocabulary. `[S]`
    public let ids: [Int32]
    /// Whether each token belongs to the word of the one before it; that of the first token means nothing. `[S]`
    public let continuesWord: [Bool]

    /// A text of ids and their bits.
    ///
    /// - Throws: `unequalCounts` unless there is one bit a token.
    public init(ids: [Int32], continuesWord: [Bool]) throws(MaskingError) {
        guard ids.count == continuesWord.count else {
            throw .unequalCounts(tokens: ids.count, bits: continuesWord.count)
        }
        self.ids = ids
        self.continuesWord = continuesWord
    }

    init(ids: ArraySlice<Int32>, continuesWord: ArraySlice<Bool>) {
        self.ids = Array(ids)
        self.continuesWord = Array(continuesWord)
    }

    /// Some of the tokens, which must be there.
    public subscript(range: Range<Int>) -> TokenizedText {
        TokenizedText(ids: ids[range], continuesWord: continuesWord[range])
    }
}
