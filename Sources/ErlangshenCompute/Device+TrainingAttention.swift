internal import CErlangshenKernels

/// Attention with what its gradient needs, and the gradient.
extension Device {
    /// Disentangled attention with dropout of the probabilities, keeping the logarithm of each softmax's sum.
    ///
    /// *Shapes:* keys, queries: packed relative tables or nil · dropout: keys of the M queries, or nil.
    /// - Returns: y [M, C] and lse [M, H], log Σ exp of the scaled scores.
    public func disentangledAttention(
        keeping operands: AttentionOperands, keys: RelativeTable?, queries: RelativeTable?, dropout: Dropout?,
        in workspace: Workspace
    ) throws(ComputeError) -> (y: Tensor, lse: Tensor) {
        var shape = operands.shape
        precondition([keys, queries].allSatisfy { $0?.precision.code ?? shape.precision == shape.precision })
        precondition(dropout?.keys.count ?? operands.query.rows == operands.query.rows)
        let y = try workspace.tensor(rows: operands.query.rows, columns: operands.width)  // [M, C]
        let lse = try workspace.tensor(rows: operands.query.rows, columns: Int(shape.H))  // [M, H]
        try workspace.releasing { () throws(ComputeError) in
            let scratch = try workspace.scratch(byteCount: kernels.pointee.attention_scratch(context, &shape))
            var inputs = operands.inputs(keys: keys, queries: queries)
            let status = withOptional(dropout?.code) {
                kernels.pointee.disentangled_attention_training_forward(
                    context, y.start, lse.start, &inputs, $0, scratch, &shape)
            }
            try check(status, "disentangled_attention")
        }
        return (y, lse)
    }

    /// The gradients of attention, by the dropout of forward.
    ///
    /// *Shapes:* dy [M, C] · lse [M, H] from forward · keys, queries: plain tables with their gradients, nil where forward
    /// had none · dquery [M, ≥ C], its first C columns are written · dkeyValue [N, ≥ keyColumn + 2·C], the columns of keys
    /// and values are written; both may be one tensor, as the operands may.
    public func disentangledAttentionBackward(
        _ dy: Tensor, of operands: AttentionOperands, lse: Tensor, keys: RelativeGradient?, queries: RelativeGradient?,
        dropout: Dropout?, dquery: Tensor, dkeyValue: Tensor, in workspace: Workspace
    ) throws(ComputeError) {
        var shape = operands.shape
        let (queryCount, width) = (operands.query.rows, operands.width)
        precondition(dy.rows == queryCount && dy.columns == width)
        precondition(lse.rows == queryCount && lse.columns == Int(shape.H))
        precondition(dquery.rows == queryCount && dquery.columns >= width)
        precondition(dkeyValue.rows == operands.keyValue.rows && dkeyValue.columns >= operands.keyColumn + 2 * width)
        precondition(dropout?.keys.count ?? queryCount == queryCount)
        for table in [keys?.table, queries?.table].compactMap(\.self) {
            precondition(Int64(table.rows) == shape.R && table.columns == width)
        }
        try workspace.releasing { () throws(ComputeError) in
            let size = kernels.pointee.attention_backward_scratch(context, &shape)
            let scratch = try workspace.scratch(byteCount: size)
            var inputs = operands.inputs()
            var gradients = esh_attention_gradients(
                dq: dquery.start, dk: dkeyValue.start + operands.keyColumn,
                dv: dkeyValue.start + operands.keyColumn + width, lddq: Int64(dquery.columns),
                lddkv: Int64(dkeyValue.columns), dkr: keys?.gradient?.start, dqr: queries?.gradient?.start,
                dy: dy.start, lse: lse.start, kr: keys?.table.start, qr: queries?.table.start)
            let status = withOptional(dropout?.code) {
                kernels.pointee.disentangled_attention_backward(context, &gradients, &inputs, $0, scratch, &shape)
            }
            try check(status, "disentangled_attention_backward")
        }
    }
}

/// Calls `body` with a pointer to the value, or with nil.
private func withOptional<Value, Result>(_ value: Value?, _ body: (UnsafePointer<Value>?) -> Result) -> Result {
    guard let value else { return body(nil) }
    return withUnsafePointer(to: value, body)
}
