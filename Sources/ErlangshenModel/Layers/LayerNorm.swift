internal import ErlangshenCompute

/// y = (s − mean(s)) / √(var(s) + ε)·γ + β with s = x + residual, over the last axis.
///
/// *Shapes:* x, residual, y [N, C]; weight γ, bias β [C].
/// *Source:* arXiv 1607.06450; the variance is the biased one.
struct LayerNorm: Sendable {
    let weight: Tensor
    let bias: Tensor
    let eps: Float

    /// Normalises x in place.
    func forward(_ x: Tensor, residual: Tensor? = nil) throws(ComputeError) {
        try x.device.layerNorm(x, residual: residual, gamma: weight, beta: bias, eps: eps)
    }
}
