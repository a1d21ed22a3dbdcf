internal import CErlangshenKernels

extension PackedWeight {
    /// Packs parameters of the device into this weight, or into a part of it, by all threads; the rest stays as it is.
    ///
    /// A weight that joins several matrices takes them one by one: the forward one in ranges of rows, the `transposed` one
    /// in ranges of columns. Products with oneDNN take no such weight unless it was made with `gathered`.
    ///
    /// *Shapes:* x: rows·columns values in the checkpoint's order, [rows, columns/taps, taps] · `transposed`:
    /// [columns/taps, rows, taps], the matrix that takes gradients back to a layer's input: W[r, c] = x[c, r], and
    /// for a convolution with its taps in reverse. Without ranges the part is the whole weight.
    /// - Throws: `ComputeError.failed` when the part does not lie within the weight, when a convolution is given in parts
    ///   of its columns, and for a weight that is mapped, in int8 or in oneDNN's form.
    public func update(
        _ x: Tensor, rows: Range<Int>? = nil, columns: Range<Int>? = nil, taps: Int = 1, transposed: Bool = false
    ) throws(ComputeError) {
        let rows = rows ?? 0..<outputs
        let columns = columns ?? 0..<inputs
        precondition(x.rows * x.columns == rows.count * columns.count, "\(x.rows * x.columns) values for a part")
        let status = device.kernels.pointee.weight_update(
            device.context, handle, x.start, Int64(rows.lowerBound), Int64(rows.count), Int64(columns.lowerBound),
            Int64(columns.count), Int64(taps), transposed ? 1 : 0)
        try device.check(status, "updating weights")
    }
}
