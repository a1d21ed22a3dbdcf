/// A sequence of masked-language modelling as the model sees it.
public struct MaskedSequence: Sendable, Equatable {
    /// [CLS] … [SEP], masks put in. `[S]`
    public let ids: [Int32]
    /// Masked places, strictly rising. `[M]`
    public let positions: [Int]
    /// The tokens that stood there. `[M]`
    public let labels: [Int32]
    /// Ends of the masked words as counts of positions, rising, the last one M.
    public let wordEnds: [Int]

    /// A sequence from its parts.
    public init(ids: [Int32], positions: [Int], labels: [Int32], wordEnds: [Int]) {
        (self.ids, self.positions, self.labels, self.wordEnds) = (ids, positions, labels, wordEnds)
    }
}

/// What a run learns from. Sample i of epoch e depends on (seed, e, i) alone.
public protocol MaskedSampleSource: Sendable {
    /// Samples of an epoch.
    var count: Int { get }
    /// Tokens of all sequences of a sample, known without making it.
    func tokenCount(_ index: Int) -> Int
    /// The sequences of a sample: several when short texts are packed.
    func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence]
}

/// What keeps a sample from being made.
public enum MaskingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The corpus does not hold what it says.
    case damaged(String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .damaged(let reason): reason
        }
    }
}
