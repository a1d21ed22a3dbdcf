internal import CErlangshenKernels

/// The settings of one step of AdamW: those of `torch.optim.AdamW`, and where the training stands.
public struct AdamWStep: Sendable, Equatable {
    /// Learning rate of this step.
    public var learningRate: Double
    /// Decay of the mean of gradients.
    public var beta1: Double
    /// Decay of the mean of their squares.
    public var beta2: Double
    /// Added to the root of the latter.
    public var eps: Double
    /// Decoupled decay: a parameter shrinks by learningRate·weightDecay of itself.
    public var weightDecay: Double
    /// 1 − beta1^t in step t = 1, 2, …; 1 leaves the mean uncorrected.
    public var biasCorrection1: Double
    /// 1 − beta2^t.
    public var biasCorrection2: Double
    /// Gradients count times this: clipping, the mean over a batch.
    public var gradientScale: Double

    /// Makes the settings of a step.
    public init(
        learningRate: Double, beta1: Double, beta2: Double, eps: Double, weightDecay: Double, biasCorrection1: Double,
        biasCorrection2: Double, gradientScale: Double
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weightDecay = weightDecay
        self.biasCorrection1 = biasCorrection1
        self.biasCorrection2 = biasCorrection2
        self.gradientScale = gradientScale
    }

    var settings: esh_adamw {
        esh_adamw(
            lr: learningRate, beta1: beta1, beta2: beta2, eps: eps, weight_decay: weightDecay,
            bias_correction1: biasCorrection1, bias_correction2: biasCorrection2, gradient_scale: gradientScale)
    }
}
