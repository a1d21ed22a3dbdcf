/// One sequence of tokens as the model takes it.
public struct EncodedSequence: Sendable, Equatable {
    /// Ids, special tokens included. `[S]`
    public let ids: [Int32]
    /// 0 for the first text and its special tokens, 1 for the second. `[S]`
    public let typeIds: [Int32]

    /// A sequence from its parts, which are equally long.
    public init(ids: [Int32], typeIds: [Int32]) {
        precondition(ids.count == typeIds.count, "a type for each id")
        self.ids = ids
        self.typeIds = typeIds
    }
}

/// An example, or a window of one, as tokens with a target.
public struct EncodedExample: Sendable, Equatable {
    /// The number of the example in its file, dropped rows not counted; windows of one example share it.
    public let example: Int
    /// One sequence; for multiple choice one for each choice.
    public let sequences: [EncodedSequence]
    /// What the model should say.
    public let target: EncodedTarget
    /// Scalars of the text that each token of the only sequence covers; nil for tokens that are not of the text.
    ///
    /// `[S]` for entities and questions, where answers go back to the text; empty for the others.
    public let scalarRanges: [Range<Int>?]

    /// Tokens of all sequences together: what the example costs.
    public var tokenCount: Int { sequences.reduce(0) { $0 + $1.ids.count } }

    /// An example from its parts.
    public init(
        example: Int, sequences: [EncodedSequence], target: EncodedTarget, scalarRanges: [Range<Int>?] = []
    ) {
        self.example = example
        self.sequences = sequences
        self.target = target
        self.scalarRanges = scalarRanges
    }
}

/// What is right, in the numbers of the model's outputs.
public enum EncodedTarget: Sendable, Equatable {
    /// The number of a tag that no loss is computed of, as PyTorch's cross entropy has it.
    public static let ignored: Int32 = -100

    /// Nobody says.
    case none
    /// The number of a label, or of a choice.
    case label(Int32)
    /// A probability for each label. `[labels]`
    case distribution([Float])
    /// A number.
    case value(Float)
    /// A tag for each token, `ignored` for special ones. `[S]`
    case tags([Int32])
    /// First and last token of the answer; both 0, the place of `[CLS]`, when this window has no answer.
    case span(start: Int32, end: Int32)
}

/// What was done to examples on their way to tokens.
public struct EncodingReport: Sendable, Equatable {
    /// Sequences, windows and choices counted singly.
    public internal(set) var sequenceCount = 0
    /// Tokens of all sequences.
    public internal(set) var tokenCount = 0
    /// Examples of which tokens were cut.
    public internal(set) var truncatedCount = 0
    /// Tokens that were cut.
    public internal(set) var cutTokenCount = 0
    /// Entities whose ends stand inside a token; the token counts as theirs.
    public internal(set) var misalignedEntityCount = 0
    /// Entities without a tag, as another one is in their place.
    public internal(set) var overlappingEntityCount = 0
    /// Entities that were cut off with the end of their text.
    public internal(set) var cutEntityCount = 0
    /// Windows without an answer.
    public internal(set) var emptyWindowCount = 0
    /// Examples that were too long, and what the policy did; the count of dropped ones is in its tally.
    public internal(set) var overlong = DataReport.Tally()

    /// The report of nothing.
    public init() {}
}
