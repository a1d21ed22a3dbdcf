/// What the loop is told, whatever its updates are made of.
package struct LoopSettings: Sendable, Equatable {
    /// The norm that larger gradients are scaled down to; nil for none.
    package var maximumGradientNorm: Double?
    /// ε of FGM, the length by which word embeddings are moved for a second pass; 0 for none.
    package var adversarialLength = 0.0
    /// AdamW's decay of the running mean of gradients.
    package var beta1 = 0.9
    /// AdamW's decay of the running mean of squared gradients.
    package var beta2 = 0.999
    /// AdamW's ε.
    package var epsilon = 1e-8
    /// When the model is measured, apart from the end.
    package var evaluation = EvaluationTime.everyEpoch
    /// Updates after which the state is saved, beside each measuring; nil for those alone.
    package var saveStepCount: Int?
    /// Measurings without improvement after which the run ends; nil for never.
    package var patience: Int?

    /// The default settings.
    package init() {}
}

/// When a run measures its model, apart from the end.
public enum EvaluationTime: Sendable, Equatable {
    /// After each pass over the training rows.
    case everyEpoch
    /// After so many updates.
    case everySteps(Int)
}
