import ErlangshenJSON
import ErlangshenPipelines

/// What `fill-mask` answers for a text, in whichever way it was asked.
enum FillMaskReply {
    case plain(FillMaskResult)
    case joint(JointFillingResult)
    case targets(TargetComparison)

    var warnings: [PipelineWarning] {
        switch self {
        case .plain(let result): result.warnings
        case .joint(let result): result.warnings
        case .targets(let result): result.warnings
        }
    }

    var json: JSONValue {
        switch self {
        case .plain(let result): result.json
        case .joint(let result): result.json
        case .targets(let result): result.json
        }
    }

    /// Columns separated by tabs: score, word, text; with several masks the number of the mask first.
    var lines: [String] {
        switch self {
        case .plain(let result):
            return result.masks.enumerated().flatMap { index, predictions in
                predictions.map { prediction in
                    let number = result.masks.count > 1 ? ["\(index + 1)"] : []
                    return Self.columns(
                        number + [
                            NumberText.probability(prediction.score), prediction.tokenString, prediction.text,
                        ])
                }
            }
        case .joint(let result):
            return result.fillings.map { filling in
                Self.columns([
                    NumberText.probability(filling.probability), NumberText.fixed(filling.meanLogProbability, 3),
                    filling.words.joined(separator: " "), filling.text,
                ])
            }
        case .targets(let result):
            return result.scores.map { score in
                Self.columns([
                    NumberText.fixed(score.logProbability, 3), NumberText.fixed(score.meanLogProbability, 3),
                    score.target, score.text,
                ])
            }
        }
    }

    private static func columns(_ values: [String]) -> String {
        values.map(\.printable).joined(separator: "\t")
    }
}
