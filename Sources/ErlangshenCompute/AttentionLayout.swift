internal import CErlangshenKernels

/// Where the sequences of a batch lie, on the device: the same for every layer.
public struct AttentionLayout: Sendable {
    let offsets: DeviceIntegers  // [B + 1]
    /// Position of each row's token: [N].
    public let positions: DeviceIntegers
    let index: DeviceIntegers  // [2·longest − 1]
    let shape: esh_attention_shape

    /// Copies a batch's layout to the device.
    ///
    /// - Parameters:
    ///   - offsets: First row of each sequence, then N: [B + 1].
    ///   - positions: Position of each row's token, strictly rising within a sequence: [N].
    ///   - index: Row of the relative table for each distance −(longest−1)…longest−1; empty without relative attention.
    ///   - linearReach: Distance up to which that row is span + distance.
    ///   - longest: Largest position extent of a sequence.
    ///   - heads: H.
    ///   - headSize: D.
    ///   - relativeRows: R = 2·span, or 0.
    ///   - workspace: Where the copies live until the pass ends.
    public init(
        offsets: [Int32], positions: [Int32], index: [Int32], linearReach: Int, longest: Int, heads: Int, headSize: Int,
        relativeRows: Int, in workspace: Workspace
    ) throws(ComputeError) {
        self.offsets = try workspace.integers(offsets)
        self.positions = try workspace.integers(positions)
        self.index = try workspace.integers(index)
        shape = esh_attention_shape(
            B: Int64(offsets.count - 1), H: Int64(heads), D: Int64(headSize), R: Int64(relativeRows),
            linear_reach: Int64(linearReach), longest: Int64(longest), scale: 1, precision: ESH_PRECISION_FP32)
    }
}

/// Rows of a batch whose results are wanted, on the device: the queries of attention.
public struct QueryRows: Sendable {
    /// Row of the batch of each query, rising: [M].
    public let rows: DeviceIntegers
    let offsets: DeviceIntegers  // [B + 1]
    let positions: DeviceIntegers  // [M]

    /// Copies the selection to the device.
    ///
    /// - Parameters:
    ///   - rows: Rows of the batch, strictly rising: [M].
    ///   - offsets: First query of each sequence, then M: [B + 1].
    ///   - positions: Position of each query's token: [M].
    ///   - workspace: Where the copies live until the pass ends.
    public init(rows: [Int32], offsets: [Int32], positions: [Int32], in workspace: Workspace) throws(ComputeError) {
        self.rows = try workspace.integers(rows)
        self.offsets = try workspace.integers(offsets)
        self.positions = try workspace.integers(positions)
    }
}

/// A projection of the relative table, packed for attention: constant at inference.
public struct RelativeTable: Sendable {
    let buffer: DeviceBuffer
    let precision: Precision

    /// Packs x [R, H·D].
    ///
    /// `reversed` is true for the keys that content queries meet (c2p), false for the queries of p2c. With int8, which
    /// attention does not have, the table is in bf16.
    /// - Throws: `ComputeError.outOfMemory`.
    public init(
        _ x: Tensor, heads: Int, reversed: Bool, precision: Precision = .fp32, on device: Device
    ) throws(ComputeError) {
        self.precision = precision.ofAttention
        let byteCount = device.kernels.pointee.relative_bytes(
            device.context, Int64(x.rows), Int64(heads), Int64(x.columns / heads), self.precision.code)
        buffer = try DeviceBuffer(byteCount: byteCount, on: device, purpose: "the relative table")
        try update(x, heads: heads, reversed: reversed)
    }

    /// Packs another projection of the same shape in place, while one owner has the table.
    public func update(_ x: Tensor, heads: Int, reversed: Bool) throws(ComputeError) {
        let device = buffer.device
        let (rows, heads, size) = (Int64(x.rows), Int64(heads), Int64(x.columns / heads))
        precondition(
            device.kernels.pointee.relative_bytes(device.context, rows, heads, size, precision.code) == buffer.byteCount
        )
        let status = device.kernels.pointee.relative_pack(
            device.context, buffer.pointer, x.start, rows, heads, size, reversed ? 1 : 0, precision.code)
        try device.check(status, "relative_pack")
    }

    /// Writes the table into x [R, H·D], as it was packed: the same heads, the same order. What bf16 rounded off stays off.
    public func unpack(into x: Tensor, heads: Int, reversed: Bool) throws(ComputeError) {
        let device = buffer.device
        let (rows, heads, size) = (Int64(x.rows), Int64(heads), Int64(x.columns / heads))
        precondition(
            device.kernels.pointee.relative_bytes(device.context, rows, heads, size, precision.code) == buffer.byteCount
        )
        let status = device.kernels.pointee.relative_unpack(
            device.context, x.start, buffer.pointer, rows, heads, size, reversed ? 1 : 0, precision.code)
        try device.check(status, "relative_unpack")
    }

    /// Takes a table that was packed before, byte by byte as `withPackedBytes` gave it.
    ///
    /// - Throws: `ComputeError.failed` when the bytes are not as many as such a table has; `.outOfMemory`.
    public init(
        rows: Int, heads: Int, headSize: Int, precision: Precision, packed bytes: UnsafeRawBufferPointer,
        on device: Device
    ) throws(ComputeError) {
        self.precision = precision.ofAttention
        let expected = device.kernels.pointee.relative_bytes(
            device.context, Int64(rows), Int64(heads), Int64(headSize), self.precision.code)
        guard bytes.count == expected, let start = bytes.baseAddress else {
            throw .failed(operation: "reading a packed relative table", status: 0)
        }
        buffer = try DeviceBuffer(byteCount: expected, on: device, purpose: "the relative table")
        let status = device.kernels.pointee.copy_in(device.context, buffer.pointer, start, expected)
        try device.check(status, "copying to the device")
    }

    /// Calls `body` with the packed form.
    public func withPackedBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(buffer) }
        return try body(UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.byteCount))
    }
}
