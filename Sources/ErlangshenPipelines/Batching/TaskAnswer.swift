/// The results of a question, one for each of its texts.
public enum TaskAnswer: Sendable, Equatable {
    /// Words for masks.
    case fillMask([FillMaskResult])
    /// Words for all masks together.
    case jointFillMask([JointFillingResult])
    /// How odd each character is.
    case textScoring([TextScore])
    /// Labels for texts and pairs.
    case textClassification([TextClassificationResult])
    /// Entities of texts.
    case tokenClassification([TokenClassificationResult])
    /// Candidate labels for texts.
    case zeroShotClassification([ZeroShotResult])
    /// Vectors.
    case featureExtraction([FeatureResult])
    /// Where a character looks.
    case attention(AttentionResult)

    /// What the caller should know of, of all texts.
    public var warnings: [PipelineWarning] {
        switch self {
        case .fillMask(let results): results.flatMap(\.warnings)
        case .jointFillMask(let results): results.flatMap(\.warnings)
        case .textScoring(let results): results.flatMap(\.warnings)
        case .textClassification(let results): results.flatMap(\.warnings)
        case .tokenClassification(let results): results.flatMap(\.warnings)
        case .zeroShotClassification(let results): results.flatMap(\.warnings)
        case .featureExtraction(let results): results.flatMap(\.warnings)
        case .attention(let result): result.warnings
        }
    }
}
