public import ErlangshenJSON

/// A text as one vector.
public struct TextEmbedding: Sendable, Equatable {
    /// The vector, of the model's hidden size.
    public let values: [Float]
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The vector as a list.
    public var json: JSONValue { .array(values.map { .double(Double($0)) }) }
}
