/// A named stretch of a text.
public struct EntitySpan: Sendable, Hashable {
    /// What it is, such as `address`.
    public let type: String
    /// Where it stands, in Unicode scalars of the text, or in tokens where a list of tags is meant.
    public let range: Range<Int>

    /// A span from its parts.
    public init(type: String, range: Range<Int>) {
        self.type = type
        self.range = range
    }
}

/// Where the words of an answer stand.
public struct AnswerSpan: Sendable, Hashable {
    /// The words.
    public let text: String
    /// Unicode scalars before the answer; nil when the text does not have the words where the row says.
    public let start: Int?

    /// An answer from its parts.
    public init(text: String, start: Int?) {
        self.text = text
        self.start = start
    }
}
