import ErlangshenJSON
import ErlangshenPipelines

extension TaskAnswer {
    /// The reply in the shape of the hosted inference API.
    ///
    /// - Parameter isList: whether the inputs came as a list.
    func reply(isList: Bool) -> JSONValue {
        switch self {
        case .fillMask(let results): return FillMaskResult.json(of: results)
        case .jointFillMask(let results): return Self.unwrapped(results.map(\.json), isList)
        case .textScoring(let results): return Self.unwrapped(results.map(\.json), isList)
        case .textClassification(let results): return TextClassificationResult.json(of: results)
        case .tokenClassification(let results): return Self.unwrapped(results.map(\.json), isList)
        case .zeroShotClassification(let results): return Self.unwrapped(results.map(\.json), isList)
        case .featureExtraction(let results): return .array(results.map(\.json))
        case .attention(let result): return result.json
        }
    }

    private static func unwrapped(_ replies: [JSONValue], _ isList: Bool) -> JSONValue {
        !isList && replies.count == 1 ? replies[0] : .array(replies)
    }

    /// The kinds of remarks for a header field, which cannot hold the user's own words.
    var remarks: [String] {
        var remarks: [String] = []
        for warning in warnings {
            let name =
                switch warning {
                case .targetReplaced: "target-replaced"
                case .targetIgnored: "target-ignored"
                case .extrapolates: "extrapolates"
                case .truncated: "truncated"
                case .unknownTokens: "unknown-tokens"
                case .randomWeights: "random-weights"
                case .precisionReplaced: "precision-replaced"
                }
            if !remarks.contains(name) { remarks.append(name) }
        }
        return remarks
    }
}
