internal import ErlangshenCompute

/// y = act(x·Wᵀ + b), and in training where an update of low rank is learnt: act(x·Wᵀ + b + s·drop(x)·Aᵀ·Bᵀ).
///
/// *Shapes:* x [N, I] → y [N, O]; weight [O, I], bias [O].
struct Linear: Sendable {
    let weight: PackedWeight
    let bias: Tensor?
    /// What training needs beside them.
    var trained: TrainedWeight?
    /// The updates of low rank of the matrices that are joined in the weight.
    var lowRank: [LowRankUpdate] = []

    /// Whether a part of it is trained.
    var isTrained: Bool {
        !lowRank.isEmpty || trained?.parts.contains { $0.dweight != nil || $0.dbias != nil } ?? false
    }

    func forward(
        _ x: Tensor, activation: Activation = .identity, keys: RowKeys? = nil, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: x.rows, columns: weight.outputs)  // [N, O]
        try forward(x, into: y, activation: activation, keys: keys, in: workspace)
        return y
    }

    /// `keys` [N] are those of the rows, for the dropout of updates of low rank; nil drops nothing out.
    func forward(
        _ x: Tensor, into y: Tensor, activation: Activation = .identity, keys: RowKeys? = nil, in workspace: Workspace
    ) throws(ComputeError) {
        let isWhole = lowRank.isEmpty
        try weight.device.linear(
            x, into: y, weight: weight, bias: bias, activation: isWhole ? activation : .identity, in: workspace)
        for update in lowRank { try update.forward(x, addingTo: y, keys: keys, in: workspace) }
        if !isWhole, activation != .identity { try x.device.activation(y, into: y, activation) }
    }

    /// Adds the gradients of weight and bias, where they are trained.
    ///
    /// *Shapes:* dy [N, O], of y before the activation; x [N, I].
    func backwardParameters(_ dy: Tensor, x: Tensor, keys: RowKeys? = nil, in workspace: Workspace) throws(ComputeError)
    {
        try backwardWeight(dy, x: x, in: workspace)
        for update in lowRank { try update.backward(dy, x: x, addingTo: nil, keys: keys, in: workspace) }
    }

    private func backwardWeight(_ dy: Tensor, x: Tensor, in workspace: Workspace) throws(ComputeError) {
        for part in trained.parts where part.dweight != nil || part.dbias != nil {
            try workspace.releasing { () throws(ComputeError) in
                // The kernel makes both gradients at once; one that nobody wants goes where nobody looks.
                let dw = try workspace.room(part.dweight, rows: part.columns.count, columns: x.columns)  // [o, I]
                try x.device.linearBackwardWeight(
                    dy, columns: part.columns, x: x, dw: dw, dbias: part.dbias, precision: weight.precision,
                    in: workspace)
            }
        }
    }

    /// dx = dy·W, and the gradients of weight and bias added.
    ///
    /// *Shapes:* dy [N, O], of y before the activation; x, dx [N, I].
    func backward(
        _ dy: Tensor, x: Tensor, keys: RowKeys? = nil, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        try backwardWeight(dy, x: x, in: workspace)
        let dx = try workspace.tensor(rows: dy.rows, columns: weight.inputs)  // [N, I]
        try x.device.linear(dy, into: dx, weight: trained.transposed.value(), bias: nil, in: workspace)
        for update in lowRank { try update.backward(dy, x: x, addingTo: dx, keys: keys, in: workspace) }
        return dx
    }

    /// The same, with the gradient of x added to `dx`: that of a branch beside this layer. Without `dx` nothing below is
    /// trained, and parameters alone get gradients.
    func backward(
        _ dy: Tensor, x: Tensor, addingTo dx: Tensor?, keys: RowKeys? = nil, in workspace: Workspace
    ) throws(ComputeError) {
        try backwardWeight(dy, x: x, in: workspace)
        if let dx {
            try x.device.linearAccumulate(dy, into: dx, weight: trained.transposed.value(), in: workspace)
        }
        for update in lowRank { try update.backward(dy, x: x, addingTo: dx, keys: keys, in: workspace) }
    }

    /// The same as `forward`, for all rows of a batch: parts of them at once.
    func forwardInParts(_ x: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: x.rows, columns: weight.outputs)  // [N, O]
        try workspace.inParts(x.rows) { part, workspace throws(ComputeError) in
            try forward(x.rows(part), into: y.rows(part), in: workspace)
        }
        return y
    }
}

extension Workspace {
    /// A tensor that is there, or else one whose values nobody reads.
    func room(_ tensor: Tensor?, rows: Int, columns: Int) throws(ComputeError) -> Tensor {
        if let tensor { return tensor }
        return try self.tensor(rows: rows, columns: columns)
    }
}

/// What training keeps of the weight of a product.
struct TrainedWeight: Sendable {
    /// One of the matrices that are joined in the weight.
    struct Part: Sendable {
        /// Its outputs among all.
        let columns: Range<Int>
        /// [o, I]; nil when it is not trained.
        let dweight: Tensor?
        /// [1, o]; nil when there is none or it is not trained.
        let dbias: Tensor?
    }

    /// Wᵀ, [I, O]: takes gradients back to the input.
    let transposed: WhenFirstUsed<PackedWeight>
    let parts: [Part]
}

extension TrainedWeight? {
    var transposed: WhenFirstUsed<PackedWeight> { required.transposed }
    var parts: [TrainedWeight.Part] { required.parts }

    /// Layers that were loaded for inference have no way back: running one is a mistake of the model's code.
    private var required: TrainedWeight {
        guard let self else { preconditionFailure("a layer that was loaded for inference") }
        return self
    }
}
