public import ErlangshenJSON

/// The best fillings of a text's masks taken together.
public struct JointFillingResult: Sendable, Equatable {
    /// Best first.
    public let fillings: [JointFilling]
    /// How many of the leading fillings are proven to be the best there are.
    ///
    /// A filling is proven when nothing that the beam dropped could have beaten it: every dropped beginning was already
    /// less likely. A wider beam proves more.
    public let exactCount: Int
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The result as JSON.
    public var json: JSONValue {
        ["fillings": .array(fillings.map(\.json)), "exact_count": .integer(Int64(exactCount))]
    }
}
