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
            linear_reach: Int64(linearReach), longest: Int64(longest), scale: 1)
    }
}

/// A projection of the relative table, packed for attention: constant at inference.
public struct RelativeTable: Sendable {
    let tensor: Tensor  // [H·D, stride]

    /// Packs x [R, H·D].
    ///
    /// `reversed` is true for the keys that content queries meet (c2p), false for the queries of p2c.
    /// - Throws: `ComputeError.outOfMemory`.
    public init(_ x: Tensor, heads: Int, reversed: Bool, on device: Device) throws(ComputeError) {
        let stride = Int(device.kernels.pointee.relative_stride(Int64(x.rows)))
        tensor = try Tensor(rows: x.columns, columns: stride, on: device, purpose: "the relative table")
        let status = device.kernels.pointee.relative_pack(
            device.context, tensor.start, x.start, Int64(x.rows), Int64(heads), Int64(x.columns / heads),
            reversed ? 1 : 0)
        try device.check(status, "relative_pack")
    }
}
