/// A sequence of masked-language modelling as the model sees it, S tokens of which M are to be guessed.
public struct MaskedSequence: Sendable, Equatable {
    /// `[CLS]`, the text with its masks, `[SEP]`. `[S]`
    public let ids: [Int32]
    /// The places to be guessed, rising. `[M]`
    public let positions: [Int]
    /// The tokens that stood there. `[M]`
    public let labels: [Int32]
    /// For each masked word, how many of `positions` there are up to its end: rising, the last is M.
    public let wordEnds: [Int]

    /// A sequence of its parts, which must fit together.
    public init(ids: [Int32], positions: [Int], labels: [Int32], wordEnds: [Int]) {
        precondition(
            positions.count == labels.count && (wordEnds.last ?? 0) == labels.count,
            "a label for each position, and words that cover them")
        self.ids = ids
        self.positions = positions
        self.labels = labels
        self.wordEnds = wordEnds
    }
}
