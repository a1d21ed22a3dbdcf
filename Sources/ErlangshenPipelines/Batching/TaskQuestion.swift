/// A question of any task, read by the tokenizer and ready for the model.
public enum TaskQuestion: Sendable {
    /// Words for masks.
    case fillMask(FillMaskQuestion)
    /// Words for all masks together.
    case jointFillMask(JointFillQuestion)
    /// How odd each character is.
    case textScoring(TextScoringQuestion)
    /// Labels for texts and pairs.
    case textClassification(TextClassificationQuestion)
    /// Entities of texts.
    case tokenClassification(TokenClassificationQuestion)
    /// Candidate labels for texts.
    case zeroShotClassification(ZeroShotQuestion)
    /// Vectors.
    case featureExtraction(FeatureQuestion)
    /// Where a character looks.
    case attention(AttentionQuestion)

    /// What is asked.
    public var task: PipelineTask {
        switch self {
        case .fillMask: .fillMask
        case .jointFillMask: .jointFillMask
        case .textScoring: .textScoring
        case .textClassification: .textClassification
        case .tokenClassification: .tokenClassification
        case .zeroShotClassification: .zeroShotClassification
        case .featureExtraction: .featureExtraction
        case .attention: .attention
        }
    }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int {
        switch self {
        case .fillMask(let question): question.tokenCount
        case .jointFillMask(let question): question.tokenCount
        case .textScoring(let question): question.tokenCount
        case .textClassification(let question): question.tokenCount
        case .tokenClassification(let question): question.tokenCount
        case .zeroShotClassification(let question): question.tokenCount
        case .featureExtraction(let question): question.tokenCount
        case .attention(let question): question.tokenCount
        }
    }
}
