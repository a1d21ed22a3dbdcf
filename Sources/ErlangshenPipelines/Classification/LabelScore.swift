public import ErlangshenJSON

/// A label and its score.
public struct LabelScore: Sendable, Equatable {
    /// The name of the label, from `id2label`.
    public let label: String
    /// A probability, or the logit itself where no function is applied.
    public let score: Double

    /// Gathers a label and its score.
    public init(label: String, score: Double) {
        self.label = label
        self.score = score
    }

    /// The score with the keys of the hosted inference API.
    public var json: JSONValue { ["label": .string(label), "score": .double(score)] }
}
