public import ErlangshenModel
public import ErlangshenTasks

/// How a model is fine-tuned; the defaults are those of common practice, and of fengshen where it has any.
public struct FineTuningSettings: Sendable, Equatable {
    /// The learning rate when warm.
    public var learningRate = 2e-5
    /// Passes over the training rows.
    public var epochCount = 3
    /// Updates at which the run ends before its epochs do; nil for no such end.
    public var maximumStepCount: Int?
    /// Examples of an update.
    public var batchSize = 32
    /// Tokens of a sequence, special ones included; nil for the task's own.
    public var maximumTokenCount: Int?
    /// Tokens that go through the model together: a batch is cut into pieces of this size and its gradients added up.
    ///
    /// Results do not depend on it but by the order of floating-point sums.
    public var pieceTokenCount = 1_024
    /// How long the learning rate rises.
    public var warmup = Warmup.ratio(0.1)
    /// What it does then.
    public var schedule = LearningRateSchedule.Shape.linear
    /// Weight decay, layer-wise rates, frozen parts.
    public var rules = ParameterRules(weightDecay: 0.01)
    /// The norm that larger gradients are scaled down to; nil for none.
    public var maximumGradientNorm: Double? = 1
    /// AdamW's decay of the running mean of gradients.
    public var beta1 = 0.9
    /// AdamW's decay of the running mean of squared gradients.
    public var beta2 = 0.999
    /// AdamW's ε.
    public var epsilon = 1e-8
    /// ε of label smoothing.
    public var labelSmoothing = 0.0
    /// α of R-Drop; 0 turns it off, anything else doubles the work of a step.
    public var rDrop = 0.0
    /// ε of FGM, which moves the word embeddings for a second pass; 0 turns it off, anything else doubles the work of a step.
    public var adversarialLength = 0.0
    /// Updates of low rank that are trained in place of the encoder; nil trains its parameters themselves.
    public var lowRank: LowRankSettings?
    /// Whether the dropout of the model's configuration is applied.
    public var hasDropout = true
    /// Of the order of examples, of dropout and of fresh weights.
    public var seed: UInt64 = 42
    /// When the development rows are measured.
    public var evaluation = EvaluationTime.everyEpoch
    /// Updates after which the state is saved, beside each measuring; nil for those alone.
    public var saveStepCount: Int?
    /// Measurings without improvement after which the run ends; nil for never.
    public var patience: Int?

    /// The default settings.
    public init() {}

    /// The rules with what updates of low rank mean for them.
    var parameterRules: ParameterRules {
        var rules = rules
        rules.trainsUpdatesOnly = lowRank != nil
        return rules
    }

    /// What the loop needs of them.
    var loop: LoopSettings {
        var loop = LoopSettings()
        (loop.maximumGradientNorm, loop.adversarialLength) = (maximumGradientNorm, adversarialLength)
        (loop.beta1, loop.beta2, loop.epsilon) = (beta1, beta2, epsilon)
        (loop.evaluation, loop.saveStepCount, loop.patience) = (evaluation, saveStepCount, patience)
        return loop
    }

    /// Finds out what makes no sense.
    ///
    /// - Throws: `TrainingError.invalidSetting`.
    public func check(for kind: TaskKind) throws(TrainingError) {
        func require(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(TrainingError) {
            guard range.contains(value) else {
                throw .invalidSetting(
                    name, "\(value)", expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
        }
        func require(_ name: String, _ value: Double, _ range: Range<Double>) throws(TrainingError) {
            guard range.contains(value) else {
                throw .invalidSetting(
                    name, "\(value)", expected: "from \(range.lowerBound) to below \(range.upperBound)")
            }
        }
        try require("epochs", epochCount, 1...1_000_000)
        try require("batch size", batchSize, 1...65_536)
        try require("tokens of a piece", pieceTokenCount, 1...1 << 24)
        if let maximumStepCount { try require("steps", maximumStepCount, 1...1 << 40) }
        if let saveStepCount { try require("steps between saves", saveStepCount, 1...1 << 40) }
        if let patience { try require("patience", patience, 1...1_000_000) }
        if case .everySteps(let count) = evaluation { try require("steps between measurings", count, 1...1 << 40) }
        try require("beta1", beta1, 0..<1)
        try require("beta2", beta2, 0..<1)
        try require("label smoothing", labelSmoothing, 0..<1)
        try require("R-Drop", rDrop, 0..<1_000)
        try require("FGM", adversarialLength, 0..<1_000)
        guard epsilon > 0, epsilon.isFinite else {
            throw .invalidSetting("epsilon", "\(epsilon)", expected: "a number above 0")
        }
        if let norm = maximumGradientNorm, !(norm > 0 && norm.isFinite) {
            throw .invalidSetting("clip", "\(norm)", expected: "a number above 0")
        }
        guard kind != .regression || (labelSmoothing == 0 && rDrop == 0) else {
            throw .invalidSetting(
                labelSmoothing > 0 ? "label smoothing" : "R-Drop", "on", expected: "off: a number has no shares")
        }
        guard lowRank == nil || rules.frozenLayerCount == 0 else {
            throw .invalidSetting(
                "frozen layers", "\(rules.frozenLayerCount)", expected: "0 with LoRA, which leaves every layer as it is"
            )
        }
        guard adversarialLength == 0 || !parameterRules.freezes("embeddings.word_embeddings.weight") else {
            throw .invalidSetting(
                "FGM", "\(adversarialLength)", expected: "0 with frozen embeddings, which have no gradient")
        }
        if let lowRank { try onModel { () throws(ModelError) in try lowRank.check() } }
        guard rDrop == 0 || hasDropout else {
            throw .invalidSetting("R-Drop", "\(rDrop)", expected: "0 without dropout, when both passes are equal")
        }
    }
}
