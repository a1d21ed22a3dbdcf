internal import CErlangshenKernels

/// What attention reads beside the relative tables: the same in training's forward and in backward.
public struct AttentionOperands: Sendable {
    let query: Tensor
    let keyValue: Tensor
    let keyColumn: Int
    let width: Int
    let rows: QueryRows?
    let layout: AttentionLayout
    let shape: esh_attention_shape

    /// Names the operands of one call.
    ///
    /// *Shapes:* query [M, ≥ C] · keyValue [N, ≥ 2·C], keys then values from column `keyColumn` on · C = `width`. Without
    /// `rows` every row of the batch is a query, M = N.
    public init(
        query: Tensor, keyValue: Tensor, keyColumn: Int, width: Int, rows: QueryRows? = nil, layout: AttentionLayout,
        scale: Float, precision: Precision = .fp32
    ) {
        precondition(query.columns >= width && keyValue.columns >= keyColumn + 2 * width)
        precondition(query.rows == (rows?.rows ?? layout.positions).count && layout.positions.count == keyValue.rows)
        var shape = layout.shape
        shape.scale = scale
        shape.precision = precision.ofAttention.code
        precondition(Int64(width) == shape.H * shape.D)
        self.query = query
        self.keyValue = keyValue
        self.keyColumn = keyColumn
        self.width = width
        self.rows = rows
        self.layout = layout
        self.shape = shape
    }

    /// For the kernels; packed relative tables are forward's alone.
    func inputs(keys: RelativeTable? = nil, queries: RelativeTable? = nil) -> esh_attention_inputs {
        esh_attention_inputs(
            q: query.start, k: keyValue.start + keyColumn, v: keyValue.start + keyColumn + width,
            ldq: Int64(query.columns), ldkv: Int64(keyValue.columns), kr: keys?.buffer.pointer,
            qr: queries?.buffer.pointer, offsets: layout.offsets.start, positions: layout.positions.start,
            query_offsets: (rows?.offsets ?? layout.offsets).start,
            query_positions: (rows?.positions ?? layout.positions).start, index: layout.index.start)
    }
}

/// A projection of the relative table as it is, and the sum that its gradient joins.
public struct RelativeGradient: Sendable {
    let table: Tensor
    let gradient: Tensor?

    /// Pairs a table [R, C] with its gradient [R, C], which is added to; nil where it is not wanted.
    public init(table: Tensor, gradient: Tensor?) {
        precondition(gradient?.hasShape(of: table) ?? true)
        self.table = table
        self.gradient = gradient
    }
}
