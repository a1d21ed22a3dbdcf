public import ErlangshenJSON

/// Words of any length compared at one mask.
public struct TargetComparison: Sendable, Equatable {
    /// Best first.
    public let scores: [TargetScore]
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The scores as a list.
    public var json: JSONValue { .array(scores.map(\.json)) }
}
