/// What can be asked of a model: under the names of the hosted inference API, and what goes beyond it.
public enum PipelineTask: String, Sendable, CaseIterable {
    /// Words for masks.
    case fillMask = "fill-mask"
    /// Words for all masks of a text together.
    case jointFillMask = "joint-fill-mask"
    /// How odd each character is where it stands.
    case textScoring = "text-scoring"
    /// Labels for texts and pairs.
    case textClassification = "text-classification"
    /// Names, places and other entities.
    case tokenClassification = "token-classification"
    /// Labels that the model was never trained on, through entailment.
    case zeroShotClassification = "zero-shot-classification"
    /// Vectors for texts or tokens.
    case featureExtraction = "feature-extraction"
    /// Where a character looks.
    case attention
}
