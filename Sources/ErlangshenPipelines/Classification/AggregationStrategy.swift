/// How the tags of tokens become entities.
public enum AggregationStrategy: String, Sendable, CaseIterable {
    /// Each token keeps its own tag.
    case none
    /// Adjacent tokens of one entity are joined.
    case simple
    /// As `simple`; a word has the tag of its first token.
    case first
    /// As `simple`; a word has the tag whose probability is highest on average over its tokens.
    case average
    /// As `simple`; a word has the tag of its surest token.
    case max

    /// Whether the tokens of one word must agree first.
    var isByWord: Bool { self == .first || self == .average || self == .max }
}
