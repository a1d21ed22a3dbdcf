/// Tolerances of the tests; docs/numerics.md says why each has its value.
public enum Tolerance {
    /// Largest distance of a small model's logit or hidden state from the float64 answer.
    public static let golden: Float = 4e-5
    /// Largest distance of an element of a matrix product from the same product in Double, over the sum of magnitudes.
    public static let product = 4e-7
}
