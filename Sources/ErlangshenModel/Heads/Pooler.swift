internal import ErlangshenCompute

/// p = act(dense(x₀)), x₀ the first token of each sequence.
///
/// *Shapes:* x [B, C] → [B, C].
/// *Source:* transformers `ContextPooler`, `BertPooler`.
struct Pooler: Sendable {
    let dense: Linear
    let activation: Activation

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        dense = try loader.linear(
            prefix + ".dense", inputs: config.hiddenSize, outputs: config.hiddenSize, precision: .fp32)
        activation = config.poolerHiddenAct.activation
    }

    func forward(_ x: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        try dense.forward(x, activation: activation, in: workspace)  // [B, C]
    }

    /// What backward needs.
    struct Saved {
        let x: Tensor  // [B, C], after dropout
        let sums: Tensor  // [B, C], before the activation
        let dropout: Dropout?
    }

    /// `forward` in training; x is overwritten.
    func forward(keeping x: Tensor, in pass: TrainingPass) throws(ComputeError) -> (pooled: Tensor, saved: Saved) {
        let dropout = try pass.dropout(.pooler, pass.rates.pooler, selected: true)
        try x.dropOut(dropout)
        let sums = try dense.forward(x, in: pass.workspace)  // [B, C]
        let pooled = try pass.workspace.tensor(rows: sums.rows, columns: sums.columns)  // [B, C]
        try x.device.activation(sums, into: pooled, activation)
        return (pooled, Saved(x: x, sums: sums, dropout: dropout))
    }

    /// The gradient of x [B, C]; dpooled is overwritten.
    func backward(_ dpooled: Tensor, _ saved: Saved, in pass: TrainingPass) throws(ComputeError) -> Tensor {
        try dpooled.device.activationBackward(dpooled, x: saved.sums, activation)
        let dx = try dense.backward(dpooled, x: saved.x, in: pass.workspace)  // [B, C]
        try dx.dropOut(saved.dropout)
        return dx
    }
}
