/// What the original makes of a text. Tokens are counted with `[CLS]`.
public struct FengshenMasking: Sendable, Equatable {
    /// What the model sees.
    public let sequence: MaskedSequence
    /// The ranges of tokens that the original takes for words, rising; special tokens at the ends are in none.
    public let words: [Range<Int>]
    /// Those of `words` that are masked, as indices, rising.
    public let chosen: [Int]
    /// What was done to each masked token, rising by position. A random token may be the one that stood there.
    public let actions: [MaskAction]
    /// Tokens that a text beyond the maximum length lost at its beginning and at its end.
    public let (cutFirstCount, cutLastCount): (Int, Int)
    /// What the count of masked tokens stays at or below: the smaller of 0.15·S and that rounded, often no whole number.
    public let bound: Double

    /// Whether each token begins a word, `[CLS]` and `[SEP]` too: the original's `token_boundary`. `[S]`
    public var boundary: [Bool] {
        var boundary = [Bool](repeating: true, count: sequence.ids.count)
        for word in words { for place in word.dropFirst() { boundary[place] = false } }
        return boundary
    }
}
