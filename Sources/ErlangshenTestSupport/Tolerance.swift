/// Tolerances of the tests; docs/numerics.md says why each has its value.
public enum Tolerance {
    /// Largest distance of a small model's logit or hidden state from the float64 answer.
    public static let golden: Float = 4e-5
    /// Largest distance of an element of a matrix product from the same product in Double, over the sum of magnitudes.
    public static let product = 4e-7
    /// Largest distance of an element of attention, over (1 + largest magnitude of a score)·Σ p·|v|.
    public static let attention = 2e-7
    /// The same where attention's operands are rounded to bfloat16.
    public static let bfloat16Attention = 1.0 / 128
    /// Root mean square distance of a small model's logits from fp32's, over their root mean square: products in bf16.
    public static let bfloat16Golden: Float = 0.0239
    /// The same in int8.
    public static let int8Golden: Float = 0.06
    /// The same on the small BERT `bert`, whose logits rounding moves further.
    public static let int8GoldenBert: Float = 0.12
    /// Largest distance of an element of a LayerNorm, over |γ|·(|s − mean| + max |s|)·rstd + |β|.
    public static let layerNorm = 4e-7
    /// Largest distance of a log-probability, over |x| + |log Σ exp x| + 1.
    public static let logSoftmax = 2e-7
    /// Largest distance of an activation, over its value; of the gelus, over |x|.
    public static let activation = 4e-7
    /// Largest distance of gelu behind a product of bf16 or int8.
    public static let lowPrecisionGelu = 1.4e-4
    /// What an activation may be off beside that where its value nears the smallest normal number.
    public static let underflow = 1e-36
    /// Largest distance of a sum of three numbers, over the sum of their magnitudes.
    public static let sum = 1.2e-7
    /// Largest distance of a gradient from central differences of a loss of order 10 that is linear, both in Double.
    public static let difference = 1e-9
    /// Largest distance after a step of AdamW, over |w| + 4·(what w moved), the largest gradient, or its square.
    public static let optimizer = 4e-7
    /// Largest distance of a sum of squares in Double, over the sum.
    public static let sumOfSquares = 1e-12
    /// Largest distance of a step's loss on several ranks from that of one process, over the latter.
    public static let ranks = 1e-6
    /// Largest distance of an activation's slope, over 1 + |x| up to 8.
    public static let slope = 3e-7
    /// Largest distance of a loss, over Σ t·(1 + |x| + |log Σ exp x|), and of its gradient, over p·(1 + |log p|) + t.
    public static let loss = 4e-7
    /// Largest distance of a gradient of attention, over the magnitudes of its terms times 1 + the largest score's.
    public static let attentionGradient = 2e-7
    /// Largest distance of a parameter's gradient from the float64 one, both Euclidean, over the norm of the latter.
    public static let gradient = 2e-6
    /// What it may be off beside that, over the norm of the gradients of all parameters.
    public static let gradientRounding = 5e-8
    /// As `gradient`, products in bf16.
    public static let bfloat16Gradient = 0.05
    /// As `gradientRounding`, products in bf16.
    public static let bfloat16GradientRounding = 2e-4
    /// Distance of a loss from the float64 one, over the loss: products in bf16.
    public static let bfloat16Loss = 0.004
    /// Largest distance of a slope from central differences of a loss in float32, over the norm of the gradient.
    public static let gradientDifference = 5e-4
    /// Rounding of such a loss, over the loss.
    public static let lossRounding = 5e-7
    /// Largest distance of losses, norms of gradients and last values over 200 steps, over their size.
    public static let trainingRun = 2e-5
}
