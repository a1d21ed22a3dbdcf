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
}
