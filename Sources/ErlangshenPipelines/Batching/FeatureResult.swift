public import ErlangshenJSON

/// The vectors of one text.
public struct FeatureResult: Sendable, Equatable {
    /// One vector for the text, or one for each token that the model read, special tokens included.
    public let vectors: [[Float]]
    /// Whether the vectors of the tokens were pooled into one.
    public let isPooled: Bool
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// A list of numbers for the text, or a list of such lists for its tokens.
    public var json: JSONValue {
        let lists = vectors.map { vector in JSONValue.array(vector.map { .double(Double($0)) }) }
        return isPooled && lists.count == 1 ? lists[0] : .array(lists)
    }
}
