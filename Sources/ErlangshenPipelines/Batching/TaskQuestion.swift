/// A question of any task, read by the tokenizer and ready for the model.
public enum TaskQuestion: Sendable {
    /// Words for masks.
    case fillMask(FillMaskQuestion)
    /// Labels for texts and pairs.
    case textClassification(TextClassificationQuestion)
    /// Entities of texts.
    case tokenClassification(TokenClassificationQuestion)
    /// Candidate labels for texts.
    case zeroShotClassification(ZeroShotQuestion)
    /// Vectors.
    case featureExtraction(FeatureQuestion)

    /// What is asked.
    public var task: PipelineTask {
        switch self {
        case .fillMask: .fillMask
        case .textClassification: .textClassification
        case .tokenClassification: .tokenClassification
        case .zeroShotClassification: .zeroShotClassification
        case .featureExtraction: .featureExtraction
        }
    }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int {
        switch self {
        case .fillMask(let question): question.tokenCount
        case .textClassification(let question): question.tokenCount
        case .tokenClassification(let question): question.tokenCount
        case .zeroShotClassification(let question): question.tokenCount
        case .featureExtraction(let question): question.tokenCount
        }
    }
}
