internal import CErlangshenKernels

/// Losses with their gradients. A loss is that of a row, unscaled; a gradient is multiplied by `scale`, which is 1/rows
/// for the mean over a batch.
extension Device {
    /// The label of a row that has no part in a loss.
    public static let ignoredLabel = Int32(ESH_IGNORED_LABEL)

    /// Cross entropy with labels: −Σ t·log softmax(logits), t = (1 − smoothing)·[j = label] + smoothing/V.
    ///
    /// *Shapes:* logits [N, V] · labels [N], 0..<V or `ignoredLabel` · losses [N, 1] · dlogits [N, V], may be the logits;
    /// nil computes the losses alone.
    /// - Throws: `ComputeError.failed` for a label that is neither.
    public func crossEntropy(
        _ logits: Tensor, labels: DeviceIntegers, smoothing: Float = 0, scale: Float, losses: Tensor, dlogits: Tensor?
    ) throws(ComputeError) {
        precondition(labels.count == logits.rows && losses.rows == logits.rows && losses.columns == 1)
        precondition(dlogits?.hasShape(of: logits) ?? true && (0...1).contains(smoothing))
        try check(
            kernels.pointee.cross_entropy(
                context, losses.start, dlogits?.start, logits.start, labels.start, Int64(logits.rows),
                Int64(logits.columns), smoothing, scale), "cross_entropy")
    }

    /// Cross entropy with a probability for every entry: −Σ t·log softmax(logits).
    ///
    /// *Shapes:* logits, targets [N, V] · losses [N, 1] · dlogits [N, V], may be the logits; nil computes the losses alone.
    public func crossEntropy(
        _ logits: Tensor, targets: Tensor, scale: Float, losses: Tensor, dlogits: Tensor?
    ) throws(ComputeError) {
        precondition(targets.hasShape(of: logits) && losses.rows == logits.rows && losses.columns == 1)
        precondition(dlogits?.hasShape(of: logits) ?? true)
        try check(
            kernels.pointee.soft_cross_entropy(
                context, losses.start, dlogits?.start, logits.start, targets.start, Int64(logits.rows),
                Int64(logits.columns), scale), "soft_cross_entropy")
    }

    /// Σ (x − t)²/C of each row.
    ///
    /// *Shapes:* x, targets [N, C] · losses [N, 1] · dx [N, C], may be x; nil computes the losses alone.
    public func meanSquaredError(
        _ x: Tensor, targets: Tensor, scale: Float, losses: Tensor, dx: Tensor?
    ) throws(ComputeError) {
        precondition(targets.hasShape(of: x) && losses.rows == x.rows && losses.columns == 1)
        precondition(dx?.hasShape(of: x) ?? true)
        try check(
            kernels.pointee.mean_squared_error(
                context, losses.start, dx?.start, x.start, targets.start, Int64(x.rows), Int64(x.columns), scale),
            "mean_squared_error")
    }
}
