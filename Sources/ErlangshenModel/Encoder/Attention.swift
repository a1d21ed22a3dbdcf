internal import ErlangshenCompute

/// Attention with its output projection: y = LN(dense(attention(x)) + x).
///
/// *Shapes:* x, y [N, C].
/// *Source:* transformers `DebertaV2Attention`, `DebertaV2SelfOutput`; `BertAttention`, `BertSelfOutput`.
struct Attention: Sendable {
    let selfAttention: SelfAttention
    let outputDense: Linear
    let outputLayerNorm: LayerNorm

    init(
        loading loader: ParameterLoader, at prefix: String, config: EncoderConfig, relEmbeddings: Tensor?,
        selectsRows: Bool, in workspace: Workspace
    ) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        selfAttention = try SelfAttention(
            loading: loader, at: prefix + ".self", config: config, relEmbeddings: relEmbeddings,
            selectsRows: selectsRows, in: workspace)
        outputDense = try loader.linear(prefix + ".output.dense", inputs: hiddenSize, outputs: hiddenSize)
        outputLayerNorm = try loader.layerNorm(
            prefix + ".output.LayerNorm", count: hiddenSize, eps: config.layerNormEps)
    }

    /// LN(dense(context) + residual), row by row.
    ///
    /// *Shapes:* context, residual [M, C] → [M, C].
    func output(_ context: Tensor, residual: Tensor, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let y = try outputDense.forward(context, in: workspace)  // [M, C]
        try outputLayerNorm.forward(y, residual: residual)  // [M, C]
        return y
    }
}
