public import ErlangshenJSON

/// The candidate labels of one text with their scores.
public struct ZeroShotResult: Sendable, Equatable {
    /// The user's text.
    public let sequence: String
    /// The candidates, best first.
    public let labels: [LabelScore]
    /// How many tokens the model read for all candidates together.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The candidates as a list, as the hosted inference API gives them.
    public var json: JSONValue { .array(labels.map(\.json)) }
}
