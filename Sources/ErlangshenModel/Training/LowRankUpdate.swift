internal import ErlangshenCompute

/// An update of low rank of one matrix, learnt while the matrix stays as it is: ΔW = s·B·A, s = α/r.
///
/// *Concretely:* y += s·drop(x)·Aᵀ·Bᵀ, on the columns of y that belong to the matrix.
/// *Shapes:* x [N, I], y [N, O]; A [r, I], B [o, r], o of the O columns.
/// *Source:* Hu and others, arXiv 2106.09685; the places of scale and dropout are those of the package peft.
struct LowRankUpdate: Sendable {
    /// Outputs of the matrix among those of the layer.
    let columns: Range<Int>
    let scale: Float
    let dropout: Float
    /// Of the random numbers of this dropout.
    let stream: UInt32
    /// A.
    let down: PackedWeight  // [r, I]
    /// s·B in the rows of the matrix, zero in others.
    let up: PackedWeight  // [O, r]
    let transposedDown: WhenFirstUsed<PackedWeight>  // [I, r]
    let transposedUp: WhenFirstUsed<PackedWeight>  // [r, O]
    let ddown: Tensor?  // [r, I]
    let dup: Tensor?  // [o, r]

    /// Adds the update's part to y [N, O].
    func forward(
        _ x: Tensor, addingTo y: Tensor, keys: RowKeys?, in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            let u = try inner(try dropped(x, mask(keys), in: workspace), in: workspace)  // [N, r]
            try x.device.linearAccumulate(u, into: y, weight: up, in: workspace)
        }
    }

    /// Adds the gradients of A and B, and that of x to dx [N, I] where it is wanted; what forward dropped is made again.
    func backward(
        _ dy: Tensor, x: Tensor, addingTo dx: Tensor?, keys: RowKeys?, in workspace: Workspace
    ) throws(ComputeError) {
        let device = x.device
        try workspace.releasing { () throws(ComputeError) in
            let mask = try mask(keys)
            let dropped = try dropped(x, mask, in: workspace)  // [N, I]
            if let dup {
                let u = try inner(dropped, in: workspace)  // [N, r]
                let scaled = try workspace.tensor(rows: u.rows, columns: u.columns)  // [N, r]
                try device.fill(scaled)
                try device.addScaled(u, by: scale, to: scaled)
                try device.linearBackwardWeight(
                    dy, columns: columns, x: scaled, dw: dup, dbias: nil, precision: up.precision, in: workspace)
            }
            let du = try workspace.tensor(rows: dy.rows, columns: down.outputs)  // [N, r]
            try device.linear(dy, into: du, weight: transposedUp.value(), bias: nil, in: workspace)
            if let ddown {
                try device.linearBackwardWeight(
                    du, x: dropped, dw: ddown, dbias: nil, precision: down.precision, in: workspace)
            }
            guard let dx else { return }
            guard let mask else {
                return try device.linearAccumulate(du, into: dx, weight: transposedDown.value(), in: workspace)
            }
            let ddropped = try workspace.tensor(rows: dx.rows, columns: dx.columns)  // [N, I]
            try device.linear(du, into: ddropped, weight: transposedDown.value(), bias: nil, in: workspace)
            try device.dropout(ddropped, mask)
            try device.addScaled(ddropped, to: dx)
        }
    }

    /// x·Aᵀ.
    private func inner(_ x: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let u = try workspace.tensor(rows: x.rows, columns: down.outputs)  // [N, r]
        try x.device.linear(x, into: u, weight: down, bias: nil, in: workspace)
        return u
    }

    private func mask(_ keys: RowKeys?) throws(ComputeError) -> Dropout? {
        guard let keys, dropout > 0 else { return nil }
        return try Dropout(keys: keys, probability: dropout, stream: stream)
    }

    private func dropped(_ x: Tensor, _ mask: Dropout?, in workspace: Workspace) throws(ComputeError) -> Tensor {
        guard let mask else { return x }
        return try x.device.dropout(x, into: workspace.tensor(rows: x.rows, columns: x.columns), mask)
    }
}
