public import ErlangshenJSON

/// The labels of one text.
public struct TextClassificationResult: Sendable, Equatable {
    /// The asked number of labels, best first.
    public let labels: [LabelScore]
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The labels as a list, as the Python pipeline gives them for one text.
    public var json: JSONValue { .array(labels.map(\.json)) }

    /// The reply of the hosted inference API: a list of labels for each input.
    public static func json(of results: [TextClassificationResult]) -> JSONValue { .array(results.map(\.json)) }
}
