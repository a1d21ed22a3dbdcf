public import ErlangshenJSON

/// The predictions for one text.
public struct FillMaskResult: Sendable, Equatable {
    /// For each mask of the text, from left to right, its predictions, best first.
    public let masks: [[FillMaskPrediction]]
    /// How many tokens the model read, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The predictions of the first mask: all there is in a text with one mask.
    public var predictions: [FillMaskPrediction] { masks.first ?? [] }

    /// The reply of the hosted inference API: a flat list for one mask, a list of lists for several.
    public var json: JSONValue {
        let lists = masks.map { JSONValue.array($0.map(\.json)) }
        return lists.count == 1 ? lists[0] : .array(lists)
    }

    /// The reply for several inputs: a list per input; a list of one input is unwrapped.
    public static func json(of results: [FillMaskResult]) -> JSONValue {
        results.count == 1 ? results[0].json : .array(results.map(\.json))
    }
}
