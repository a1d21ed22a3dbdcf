/// Documents as tokens, such as a corpus on disk.
public protocol TokenizedDocuments: Sendable {
    /// Documents that there are.
    var count: Int { get }

    /// Tokens of a document, without special ones around it.
    func tokenCount(_ index: Int) -> Int

    /// The whole of a document.
    ///
    /// - Throws: `unreadableDocument`.
    func text(_ index: Int) throws(MaskingError) -> TokenizedText

    /// Some tokens of a document; the bit of the first one says whether it continues the token before the range.
    ///
    /// Left out, the whole document is read for it. A corpus of long documents has its own.
    ///
    /// - Throws: `unreadableDocument`, `inconsistentDocument`.
    func text(_ index: Int, tokens: Range<Int>) throws(MaskingError) -> TokenizedText
}

extension TokenizedDocuments {
    /// Some tokens of a document, cut out of the whole.
    public func text(_ index: Int, tokens: Range<Int>) throws(MaskingError) -> TokenizedText {
        let whole = try text(index)
        guard whole.ids.count >= tokens.upperBound else {
            throw .inconsistentDocument(index: index, expected: tokenCount(index), found: whole.ids.count)
        }
        return whole[tokens]
    }
}

/// Documents that are held in memory.
public struct TokenizedTexts: TokenizedDocuments {
    private let texts: [TokenizedText]

    /// Documents in order.
    public init(_ texts: [TokenizedText]) { self.texts = texts }

    /// Documents that there are.
    public var count: Int { texts.count }

    /// Tokens of a document.
    public func tokenCount(_ index: Int) -> Int { texts[index].ids.count }

    /// The whole of a document.
    public func text(_ index: Int) -> TokenizedText { texts[index] }
}
