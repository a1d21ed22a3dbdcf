internal import ErlangshenCompute

/// y = (s − mean(s)) / √(var(s) + ε)·γ + β with s = x + residual, over the last axis.
///
/// *Shapes:* x, residual, y [N, C]; weight γ, bias β [C].
/// *Source:* arXiv 1607.06450; the variance is the biased one.
struct LayerNorm: Sendable {
    let weight: Tensor
    let bias: Tensor
    let eps: Float
    /// In training, where they are trained: where the gradients are added, [1, C] each.
    var dweight: Tensor?
    var dbias: Tensor?

    /// Normalises x in place.
    func forward(_ x: Tensor, residual: Tensor? = nil) throws(ComputeError) {
        try x.device.layerNorm(x, residual: residual, gamma: weight, beta: bias, eps: eps)
    }

    /// What backward needs.
    struct Saved {
        let s: Tensor  // [N, C]
        let statistics: Tensor  // [N, 2]
    }

    /// y [N, C], in `room` where that is given; x becomes s.
    func forward(
        keeping x: Tensor, residual: Tensor? = nil, into room: Tensor? = nil, in workspace: Workspace
    ) throws(ComputeError) -> (y: Tensor, saved: Saved) {
        var y = x  // [N, C]
        if let room { y = room } else { y = try workspace.tensor(rows: x.rows, columns: x.columns) }
        let statistics = try workspace.tensor(rows: x.rows, columns: 2)  // [N, 2]
        try x.device.layerNorm(
            keeping: x, statistics: statistics, into: y, residual: residual, gamma: weight, beta: bias, eps: eps)
        return (y, Saved(s: x, statistics: statistics))
    }

    /// ds, in place of dy: the gradient of x and of the residual. Adds those of weight and bias, where they are trained.
    func backward(_ dy: Tensor, _ saved: Saved, in workspace: Workspace) throws(ComputeError) -> Tensor {
        return try dy.device.layerNormBackward(
            dy, s: saved.s, statistics: saved.statistics, gamma: weight, dgamma: dweight, dbeta: dbias, in: workspace)
    }
}
