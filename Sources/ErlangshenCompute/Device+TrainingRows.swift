internal import CErlangshenKernels

/// What training does row by row. Gradients of parameters are added up, those of activations overwritten.
extension Device {
    /// Drops numbers by chance, in place; forward and backward are the same.
    ///
    /// *Shapes:* x [N, C] · a key for each of the N rows.
    /// - Returns: x
    @discardableResult
    public func dropout(_ x: Tensor, into y: Tensor? = nil, _ dropout: Dropout) throws(ComputeError) -> Tensor {
        let y = y ?? x
        precondition(dropout.keys.count == x.rows && x.hasShape(of: y))
        var code = dropout.code
        try check(
            kernels.pointee.dropout(context, y.start, x.start, &code, Int64(x.rows), Int64(x.columns)), "dropout")
        return y
    }

    /// LayerNorm(x + residual) over the last axis, keeping what `layerNormBackward` needs.
    ///
    /// *Shapes:* x [N, C], becomes s = x + residual · residual [N, C] · y [N, C] · statistics [N, 2]: mean and 1/deviation
    /// of each row of s · gamma, beta [1, C].
    public func layerNorm(
        keeping x: Tensor, statistics: Tensor, into y: Tensor, residual: Tensor? = nil, gamma: Tensor, beta: Tensor,
        eps: Float
    ) throws(ComputeError) {
        precondition(gamma.columns == x.columns && beta.columns == x.columns && x.hasShape(of: y))
        precondition(residual?.hasShape(of: x) ?? true && statistics.rows == x.rows && statistics.columns == 2)
        try check(
            kernels.pointee.layer_norm_training_forward(
                context, y.start, x.start, statistics.start, x.start, residual?.start, gamma.start, beta.start,
                Int64(x.rows), Int64(x.columns), eps), "layer_norm")
    }

    /// The gradient of LayerNorm: dy becomes ds, the gradient of x and of the residual alike.
    ///
    /// *Shapes:* dy, s [N, C] · statistics [N, 2] · gamma, dgamma, dbeta [1, C]; the last two are added to,
    /// or nil where they are not wanted.
    /// - Returns: dy
    @discardableResult
    public func layerNormBackward(
        _ dy: Tensor, s: Tensor, statistics: Tensor, gamma: Tensor, dgamma: Tensor?, dbeta: Tensor?,
        in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let (rows, columns) = (Int64(dy.rows), Int64(dy.columns))
        precondition(s.hasShape(of: dy) && statistics.rows == dy.rows && statistics.columns == 2)
        precondition([gamma, dgamma, dbeta].allSatisfy { $0?.columns ?? dy.columns == dy.columns })
        try workspace.releasing { () throws(ComputeError) in
            let size = kernels.pointee.layer_norm_backward_scratch(context, rows, columns)
            let scratch = try workspace.scratch(byteCount: size)
            try check(
                kernels.pointee.layer_norm_backward(
                    context, dy.start, dgamma?.start, dbeta?.start, dy.start, s.start, statistics.start, gamma.start,
                    scratch, rows, columns), "layer_norm_backward")
        }
        return dy
    }

    /// act(x).
    ///
    /// *Shapes:* x, y [N, C]; y may be x.
    public func activation(_ x: Tensor, into y: Tensor, _ activation: Activation) throws(ComputeError) {
        precondition(x.hasShape(of: y))
        try check(
            kernels.pointee.activation_forward(
                context, y.start, x.start, Int64(x.rows * x.columns), activation.code), "activation")
    }

    /// The gradient of an activation: dy becomes dx = dy·act'(x).
    ///
    /// *Shapes:* dy, x [N, C].
    /// - Returns: dy
    @discardableResult
    public func activationBackward(_ dy: Tensor, x: Tensor, _ activation: Activation) throws(ComputeError) -> Tensor {
        precondition(x.hasShape(of: dy))
        try check(
            kernels.pointee.activation_backward(
                context, dy.start, dy.start, x.start, Int64(x.rows * x.columns), activation.code),
            "activation_backward")
        return dy
    }

    /// The gradient of an embedding, added to its tables: dword[ids] += dy, and likewise by position and type.
    ///
    /// *Shapes:* dy [N, C] · dword [V, C] · dposition [P, C] · dtype [T, C], nil where there is none or it stays as it is
    /// · ids, positions, types [N], all within their tables. Nothing is added to row `padding` of dword: a vector that
    /// stands for nothing learns nothing (PyTorch's `padding_idx`).
    public func embeddingBackward(
        _ dy: Tensor, dword: Tensor?, dposition: Tensor?, dtype: Tensor?, ids: DeviceIntegers,
        positions: DeviceIntegers, types: DeviceIntegers?, padding: Int? = nil
    ) throws(ComputeError) {
        precondition([dword, dposition, dtype].allSatisfy { $0?.columns ?? dy.columns == dy.columns })
        precondition(ids.count == dy.rows && positions.count == dy.rows && types?.count ?? dy.rows == dy.rows)
        try check(
            kernels.pointee.embedding_backward(
                context, dword?.start, dposition?.start, dtype?.start, dy.start, ids.start, positions.start,
                types?.start, Int32(padding ?? -1), Int64(dy.rows), Int64(dy.columns)), "embedding_backward")
    }

    /// The gradient of `gather`: dx[rows] += dy.
    ///
    /// *Shapes:* dy [count, C] · dx [N, C] · rows [count], all within N.
    public func scatter(_ dy: Tensor, rows: DeviceIntegers, addingTo dx: Tensor) throws(ComputeError) {
        precondition(rows.count == dy.rows && dx.columns == dy.columns)
        try check(
            kernels.pointee.scatter_rows(
                context, dx.start, dy.start, rows.start, Int64(dy.rows), Int64(dy.columns)), "scatter_rows")
    }
}

extension Tensor {
    func hasShape(of other: Tensor) -> Bool { rows == other.rows && columns == other.columns }
}
