internal import ErlangshenCompute

/// y = act(x·Wᵀ + b)
///
/// *Shapes:* x [N, I] → y [N, O]; weight [O, I], bias [O].
struct Linear: Sendable {
    let weight: PackedWeight
    let bias: Tensor
    /// What training needs beside them.
    var trained: TrainedWeight?

    func forward(
        _ x: Tensor, activation: Activation = .identity, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: x.rows, columns: weight.outputs)  // [N, O]
        try forward(x, into: y, activation: activation, in: workspace)
        return y
    }

    func forward(
        _ x: Tensor, into y: Tensor, activation: Activation = .identity, in workspace: Workspace
    ) throws(ComputeError) {
        try weight.device.linear(x, into: y, weight: weight, bias: bias, activation: activation, in: workspace)
    }

    /// Adds the gradients of weight and bias.
    ///
    /// *Shapes:* dy [N, O], of y before the activation; x [N, I].
    func backwardParameters(_ dy: Tensor, x: Tensor, in workspace: Workspace) throws(ComputeError) {
        for part in trained.parts {
            try x.device.linearBackwardWeight(
                dy, columns: part.columns, x: x, dw: part.dweight, dbias: part.dbias, precision: weight.precision,
                in: workspace)
        }
    }

    /// dx = dy·W, and the gradients of weight and bias added.
    ///
    /// *Shapes:* dy [N, O], of y before the activation; x, dx [N, I].
    func backward(_ dy: Tensor, x: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        try backwardParameters(dy, x: x, in: workspace)
        let dx = try workspace.tensor(rows: dy.rows, columns: weight.inputs)  // [N, I]
        try x.device.linear(dy, into: dx, weight: trained.transposed, bias: nil, in: workspace)
        return dx
    }

    /// The same, with the gradient of x added to `dx`: that of a branch beside this layer.
    func backward(_ dy: Tensor, x: Tensor, addingTo dx: Tensor, in workspace: Workspace) throws(ComputeError) {
        try backwardParameters(dy, x: x, in: workspace)
        try x.device.linearAccumulate(dy, into: dx, weight: trained.transposed, in: workspace)
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

/// What training keeps of the weight of a product.
struct TrainedWeight: Sendable {
    /// One of the matrices that are joined in the weight.
    struct Part: Sendable {
        /// Its outputs among all.
        let columns: Range<Int>
        /// [o, I]
        let dweight: Tensor
        /// [1, o]
        let dbias: Tensor?
    }

    /// Wᵀ, [I, O]: takes gradients back to the input.
    let transposed: PackedWeight
    let parts: [Part]
}

extension TrainedWeight? {
    var transposed: PackedWeight { required.transposed }
    var parts: [TrainedWeight.Part] { required.parts }

    /// Layers that were loaded for inference have no way back: running one is a mistake of the model's code.
    private var required: TrainedWeight {
        guard let self else { preconditionFailure("a layer that was loaded for inference") }
        return self
    }
}
