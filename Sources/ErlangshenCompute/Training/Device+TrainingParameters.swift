internal import CErlangshenKernels

/// What the optimiser does to ranges of parameters, whatever their shapes: a tensor counts as its values in order.
extension Device {
    /// One step of AdamW: moves the parameters w and the moments m and v by the gradient g.
    ///
    /// w ← w·(1 − lr·decay), then w ← w − lr/c₁ · m / (√v/√c₂ + eps).             Source: arXiv 1711.05101, algorithm 2.
    ///
    /// *Shapes:* w, m, v, g: as many values each.
    public func adamw(
        _ step: AdamWStep, parameters w: Tensor, mean m: Tensor, squares v: Tensor, gradient g: Tensor
    ) throws(ComputeError) {
        let count = w.rows * w.columns
        precondition([m, v, g].allSatisfy { $0.rows * $0.columns == count })
        var settings = step.settings
        let status = kernels.pointee.adamw_step(
            context, w.start, m.start, v.start, g.start, Int64(count), &settings)
        try check(status, "adamw_step")
    }

    /// Σ x² in Double, the same bits with any number of threads; not finite just when an element is not.
    public func sumOfSquares(_ x: Tensor) throws(ComputeError) -> Double {
        var sum = 0.0
        try check(kernels.pointee.sum_of_squares(context, &sum, x.start, Int64(x.rows * x.columns)), "sum_of_squares")
        return sum
    }

    /// Every element of y becomes `value`.
    public func fill(_ y: Tensor, with value: Float = 0) throws(ComputeError) {
        try check(kernels.pointee.fill(context, y.start, value, Int64(y.rows * y.columns)), "fill")
    }

    /// y += a·x.
    ///
    /// *Shapes:* y, x: as many values each.
    public func addScaled(_ x: Tensor, by a: Float = 1, to y: Tensor) throws(ComputeError) {
        precondition(x.rows * x.columns == y.rows * y.columns)
        try check(kernels.pointee.add_scaled(context, y.start, x.start, a, Int64(y.rows * y.columns)), "add_scaled")
    }
}
