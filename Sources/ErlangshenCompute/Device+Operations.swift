internal import CErlangshenKernels

/// The kernel table in Swift's terms. Shapes that do not fit are a mistake of the model's code, not of its user.
extension Device {
    /// y = act(x·Wᵀ + b).
    ///
    /// *Shapes:* x [N, I] · y [N, O] · weight [O, I] · bias [1, O] or nil.
    public func linear(
        _ x: Tensor, into y: Tensor, weight: PackedWeight, bias: Tensor?, activation: Activation = .identity,
        in workspace: Workspace
    ) throws(ComputeError) {
        precondition(x.columns == weight.inputs && (bias?.columns ?? weight.outputs) == weight.outputs)
        precondition(y.rows == x.rows && y.columns == weight.outputs)
        try workspace.releasing { () throws(ComputeError) in
            let size = kernels.pointee.linear_scratch(context, weight.handle, Int64(x.rows))
            let scratch = try workspace.scratch(byteCount: size)
            try check(
                kernels.pointee.linear_forward(
                    context, y.start, x.start, weight.handle, bias?.start, scratch, Int64(x.rows), Int64(y.columns),
                    Int64(x.columns), activation.code), "linear")
        }
    }

    /// LayerNorm(x + residual) over the last axis, into x.
    ///
    /// *Shapes:* x, residual [N, C] · gamma, beta [1, C].
    /// - Returns: x
    @discardableResult
    public func layerNorm(
        _ x: Tensor, residual: Tensor? = nil, gamma: Tensor, beta: Tensor, eps: Float
    ) throws(ComputeError) -> Tensor {
        precondition(gamma.columns == x.columns && beta.columns == x.columns)
        precondition(residual.map { $0.rows == x.rows && $0.columns == x.columns } ?? true)
        try check(
            kernels.pointee.layer_norm_forward(
                context, x.start, x.start, residual?.start, gamma.start, beta.start, Int64(x.rows), Int64(x.columns),
                eps),
            "layer_norm")
        return x
    }

    /// word[ids] (+ position[positions]) (+ type[types]).
    ///
    /// *Shapes:* word [V, C] · position [P, C] · type [T, C] · ids, positions, types [N], all within their tables.
    /// - Returns: [N, C]
    public func embedding(
        word: PackedWeight, position: Tensor?, type: Tensor?, ids: DeviceIntegers, positions: DeviceIntegers,
        types: DeviceIntegers?, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        precondition(type == nil || types != nil)
        let y = try workspace.tensor(rows: ids.count, columns: word.inputs)  // [N, C]
        try check(
            kernels.pointee.embedding_forward(
                context, y.start, word.handle, position?.start, type?.start, ids.start, positions.start, types?.start,
                Int64(ids.count), Int64(word.inputs)), "embedding")
        return y
    }

    /// Disentangled attention of all heads of all sequences.
    ///
    /// *Shapes:* query [M, ≥ C] · keyValue [N, ≥ 2·C], keys then values from column `keyColumn` on · keys, queries: packed
    /// relative tables or nil. Without `rows` every row of the batch is a query, M = N.
    /// - Returns: [M, C]
    public func disentangledAttention(
        query: Tensor, keyValue: Tensor, keyColumn: Int, width: Int, keys: RelativeTable?, queries: RelativeTable?,
        rows: QueryRows? = nil, layout: AttentionLayout, scale: Float, precision: Precision = .fp32,
        in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let precision = precision.ofAttention
        precondition(query.columns >= width && keyValue.columns >= keyColumn + 2 * width)
        precondition(query.rows == (rows?.rows ?? layout.positions).count && layout.positions.count == keyValue.rows)
        precondition((keys?.precision ?? precision) == precision && (queries?.precision ?? precision) == precision)
        let y = try workspace.tensor(rows: query.rows, columns: width)  // [M, C]
        try workspace.releasing { () throws(ComputeError) in
            var shape = layout.shape
            shape.scale = scale
            shape.precision = precision.code
            precondition(Int64(width) == shape.H * shape.D)
            let scratch = try workspace.scratch(byteCount: kernels.pointee.attention_scratch(context, &shape))
            var inputs = esh_attention_inputs(
                q: query.start, k: keyValue.start + keyColumn, v: keyValue.start + keyColumn + width,
                ldq: Int64(query.columns), ldkv: Int64(keyValue.columns), kr: keys?.buffer.pointer,
                qr: queries?.buffer.pointer, offsets: layout.offsets.start, positions: layout.positions.start,
                query_offsets: (rows?.offsets ?? layout.offsets).start,
                query_positions: (rows?.positions ?? layout.positions).start, index: layout.index.start)
            try check(
                kernels.pointee.disentangled_attention_forward(context, y.start, &inputs, scratch, &shape),
                "disentangled_attention")
        }
        return y
    }

    /// act(conv1d(x)) over positions within each sequence, absent neighbours being zero.
    ///
    /// *Shapes:* x [N, C] · weights: one per group, [C/groups, K·C/groups] · bias [1, C].
    /// - Returns: [N, C]
    public func conv1d(
        _ x: Tensor, weights: [PackedWeight], bias: Tensor, taps: Int, layout: AttentionLayout, activation: Activation,
        in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
        try workspace.releasing { () throws(ComputeError) in
            let groups = Int64(weights.count)
            guard let first = weights.first else { throw .failed(operation: "conv1d", status: 0) }
            let size = kernels.pointee.conv1d_scratch(context, first.handle, Int64(x.rows))
            let scratch = try workspace.scratch(byteCount: size)
            let handles = weights.map(\.handle)
            let status = handles.withUnsafeBufferPointer { list in
                list.baseAddress.map {
                    kernels.pointee.conv1d_forward(
                        context, y.start, x.start, $0, bias.start, layout.offsets.start, layout.positions.start,
                        scratch,
                        layout.shape.B, Int64(x.rows), Int64(x.columns), groups, Int64(taps), activation.code)
                }
            }
            try check(status ?? ESH_INVALID_ARGUMENT, "conv1d")
        }
        return y
    }

    /// x[rows].
    ///
    /// *Shapes:* x [N, C] · rows [count], all within N.
    /// - Returns: [count, C]
    public func gather(_ x: Tensor, rows: DeviceIntegers, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: rows.count, columns: x.columns)  // [count, C]
        let status = kernels.pointee.gather_rows(
            context, y.start, x.start, rows.start, Int64(rows.count), Int64(x.columns))
        try check(status, "gather_rows")
        return y
    }

    /// x − log Σ exp x over the last axis, into x.
    ///
    /// *Shapes:* x [N, V].
    /// - Returns: x
    @discardableResult
    public func logSoftmax(_ x: Tensor) throws(ComputeError) -> Tensor {
        let status = kernels.pointee.log_softmax_forward(context, x.start, x.start, Int64(x.rows), Int64(x.columns))
        try check(status, "log_softmax")
        return x
    }
}
