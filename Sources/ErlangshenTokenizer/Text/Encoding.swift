/// The ids of one text or of two, with all that a model or a reader may want to know about them.
///
/// Only `ids` is stored. The rest is worked out when asked for, offsets by walking over the text once more.
public struct Encoding: Sendable {
    /// One id for each token, special tokens and padding included.
    public private(set) var ids: [Int32]
    private var layout: EncodingLayout
    private let tokenizer: BertTokenizer

    init(ids: [Int32], layout: EncodingLayout, tokenizer: BertTokenizer) {
        self.ids = ids
        self.layout = layout
        self.tokenizer = tokenizer
    }

    /// The number of tokens.
    public var count: Int { ids.count }

    /// The tokens as the vocabulary spells them.
    public var tokens: [String] { ids.map { tokenizer.vocabulary.token(of: $0) ?? tokenizer.options.unkToken } }

    /// 0 for the first text and its special tokens, 1 for the second and its `[SEP]`, 0 for padding.
    public var tokenTypeIds: [Int32] {
        layout.spread(first: 0, second: 1, special: { Int32($0) }, padding: 0, side: side)
    }

    /// 1 for tokens, 0 for padding.
    public var attentionMask: [Int32] {
        layout.spread(first: 1, second: 1, special: { _ in 1 }, padding: 0, side: side)
    }

    /// 1 for special tokens that were added and for padding, 0 for what comes from the texts, a typed `[MASK]` too.
    public var specialTokensMask: [Int32] {
        layout.spread(first: 0, second: 0, special: { _ in 1 }, padding: 1, side: side)
    }

    /// Which text each token comes from, 0 or 1; nil for special tokens that were added and for padding.
    public var sequenceIds: [Int?] {
        layout.spread(first: 0, second: 1, special: { _ in nil }, padding: nil, side: side)
    }

    /// How many tokens truncation removed from both texts together.
    public var cutTokenCount: Int { layout.cutFirstCount + layout.cutSecondCount }

    /// How many tokens truncation removed from the first text.
    public var cutFirstTokenCount: Int { layout.cutFirstCount }

    /// How many tokens truncation removed from the second text.
    public var cutSecondTokenCount: Int { layout.cutSecondCount }

    /// How many tokens are padding.
    public var paddingCount: Int { layout.paddingCount }

    /// The range of its own text that each token comes from; `0..<0` for added special tokens and for padding.
    ///
    /// - Parameter unit: What the ranges count.
    public func offsets(in unit: TextUnit = .utf8) -> [Range<Int>] {
        let second = layout.pair.map { spans(of: $0, kept: layout.secondCount, unit) } ?? []
        return layout.spread(
            first: spans(of: layout.text, kept: layout.firstCount, unit), second: second,
            special: { _ in 0..<0 }, padding: 0..<0, side: side)
    }

    /// The number of the word, within its text, that each token belongs to; nil for added special tokens and padding.
    ///
    /// Words are what the text was split into before WordPiece: an ideograph, a punctuation mark, a run of letters.
    public func wordIds() -> [Int?] {
        let first = words(of: layout.text, kept: layout.firstCount)
        let second = layout.pair.map { words(of: $0, kept: layout.secondCount) } ?? []
        return layout.spread(first: first, second: second, special: { _ in nil }, padding: nil, side: side)
    }

    /// Fills up with padding to `length` tokens; a longer encoding stays as it is.
    mutating func pad(to length: Int) {
        let missing = length - ids.count
        guard missing > 0 else { return }
        let filling = repeatElement(tokenizer.padTokenId, count: missing)
        ids.insert(contentsOf: filling, at: side == .right ? ids.count : 0)
        layout.paddingCount += missing
    }

    private var side: Side { tokenizer.options.paddingSide }

    private func spans(of text: String, kept: Int, _ unit: TextUnit) -> [Range<Int>] {
        let all = tokenizer.spans(of: text).spans
        let spans = Array(keep(kept, of: all))
        return unit.convert(spans, of: text)
    }

    private func words(of text: String, kept: Int) -> [Int?] {
        keep(kept, of: tokenizer.spans(of: text).words).map { $0 }
    }

    /// What is left of a text's tokens after truncation.
    private func keep<Element>(_ count: Int, of elements: [Element]) -> ArraySlice<Element> {
        tokenizer.options.truncationSide == .right ? elements.prefix(count) : elements.suffix(count)
    }
}
