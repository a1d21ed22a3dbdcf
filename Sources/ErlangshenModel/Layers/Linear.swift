internal import ErlangshenCompute

/// y = act(x·Wᵀ + b)
///
/// *Shapes:* x [N, I] → y [N, O]; weight [O, I], bias [O].
struct Linear: Sendable {
    let weight: PackedWeight
    let bias: Tensor

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

    /// The same, for all rows of a batch: parts of them at once.
    func forwardInParts(_ x: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let y = try workspace.tensor(rows: x.rows, columns: weight.outputs)  // [N, O]
        try workspace.inParts(x.rows) { part, workspace throws(ComputeError) in
            try forward(x.rows(part), into: y.rows(part), in: workspace)
        }
        return y
    }
}
