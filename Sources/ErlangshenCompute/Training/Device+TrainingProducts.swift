internal import CErlangshenKernels

/// Gradients of the operations that are matrix products. Those of parameters are added to what is there.
extension Device {
    /// dW += dyᵀ·x and db += Σ dy: the gradients of `linear`'s parameters.
    ///
    /// *Shapes:* dy [N, O], or its `columns`, O of them · x [N, I] · dw [O, I] · dbias [1, O] or nil. Sums are float32;
    /// `precision` is that of the product's operands.
    /// - Throws: `ComputeError.unavailable` when the device lacks the precision, and for int8.
    public func linearBackwardWeight(
        _ dy: Tensor, columns: Range<Int>? = nil, x: Tensor, dw: Tensor, dbias: Tensor?, precision: Precision,
        in workspace: Workspace
    ) throws(ComputeError) {
        let columns = columns ?? 0..<dy.columns
        precondition(columns.lowerBound >= 0 && columns.upperBound <= dy.columns && x.rows == dy.rows)
        precondition(dw.rows == columns.count && dw.columns == x.columns)
        precondition(dbias.map { $0.rows * $0.columns == columns.count } ?? true)
        try requireGradients(in: precision)
        try workspace.releasing { () throws(ComputeError) in
            let (rows, outputs, inputs) = (Int64(x.rows), Int64(columns.count), Int64(x.columns))
            let size = kernels.pointee.linear_backward_weight_scratch(context, rows, outputs, inputs, precision.code)
            let scratch = try workspace.scratch(byteCount: size)
            let status = kernels.pointee.linear_backward_weight(
                context, dw.start, dbias?.start, dy.start + columns.lowerBound, x.start, scratch, rows, outputs, inputs,
                Int64(dy.columns), inputs, precision.code)
            try check(status, "linear_backward_weight")
        }
    }

    /// y += x·Wᵀ: with the transposed weight the gradient of `linear`'s input, added to that of a residual branch.
    ///
    /// Where nothing is to be added, `linear` without a bias does the same.
    ///
    /// *Shapes:* x [N, I] · y [N, O] · weight [O, I].
    /// - Throws: `ComputeError.failed` for a weight in int8 or in oneDNN's form.
    public func linearAccumulate(
        _ x: Tensor, into y: Tensor, weight: PackedWeight, in workspace: Workspace
    ) throws(ComputeError) {
        precondition(x.columns == weight.inputs && y.rows == x.rows && y.columns == weight.outputs)
        try workspace.releasing { () throws(ComputeError) in
            let size = kernels.pointee.linear_scratch(context, weight.handle, Int64(x.rows))
            let scratch = try workspace.scratch(byteCount: size)
            let status = kernels.pointee.linear_accumulate(
                context, y.start, x.start, weight.handle, scratch, Int64(x.rows), Int64(y.columns), Int64(x.columns))
            try check(status, "linear_accumulate")
        }
    }

    /// The gradients of `conv1d`, dy being that of its sums: the activation's derivative is the caller's.
    ///
    /// *Shapes:* dy, x [N, C] · transposed: one per group, [C/groups, K·C/groups], each updated with `transposed` and its
    /// taps from the group's [C/groups, C/groups, K] · dw [C, C/groups·K] in the checkpoint's order · dbias [1, C] or nil.
    /// Its products have the precision of the weights.
    /// - Returns: dx [N, C]
    public func conv1dBackward(
        _ dy: Tensor, x: Tensor, transposed weights: [PackedWeight], dw: Tensor, dbias: Tensor?, taps: Int,
        layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        guard let first = weights.first else { throw .failed(operation: "conv1d_backward", status: 0) }
        precondition(dy.rows == x.rows && dy.columns == x.columns && layout.positions.count == x.rows)
        precondition(dw.rows * dw.columns == x.columns * first.inputs)
        precondition(dbias.map { $0.rows * $0.columns == x.columns } ?? true)
        precondition(weights.allSatisfy { $0.precision == first.precision })
        try requireGradients(in: first.precision)
        let dx = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
        try workspace.releasing { () throws(ComputeError) in
            let size = kernels.pointee.conv1d_backward_scratch(context, first.handle, Int64(x.rows))
            let scratch = try workspace.scratch(byteCount: size)
            let status = weights.map(\.handle).withUnsafeBufferPointer { list in
                list.baseAddress.map {
                    kernels.pointee.conv1d_backward(
                        context, dx.start, dw.start, dbias?.start, dy.start, x.start, $0, layout.offsets.start,
                        layout.positions.start, scratch, layout.shape.B, Int64(x.rows), Int64(x.columns),
                        Int64(weights.count), Int64(taps))
                }
            }
            try check(status ?? ESH_INVALID_ARGUMENT, "conv1d_backward")
        }
        return dx
    }

    private func requireGradients(in precision: Precision) throws(ComputeError) {
        if let reason = lacks(precision) { throw .unavailable(name: precision.rawValue, reason: reason) }
        guard precision != .int8 else {
            throw .unavailable(name: precision.rawValue, reason: "gradients are computed in fp32 or bf16")
        }
    }
}
