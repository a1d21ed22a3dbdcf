public import ErlangshenJSON

/// The entities of one text.
public struct TokenClassificationResult: Sendable, Equatable {
    /// In the order of the text; labels that were to be ignored are left out.
    public let entities: [TokenEntity]
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The entities as a list, as the hosted inference API gives them for one text.
    public var json: JSONValue { .array(entities.map(\.json)) }

    /// The reply for several texts: a list of entities for each.
    public static func json(of results: [TokenClassificationResult]) -> JSONValue { .array(results.map(\.json)) }
}
