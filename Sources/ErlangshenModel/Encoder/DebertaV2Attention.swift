internal import ErlangshenCompute

/// Attention with its output projection: y = LN(dense(attention(x)) + x).
///
/// *Shapes:* x, y [N, C].
/// *Source:* transformers `DebertaV2Attention`, `DebertaV2SelfOutput`.
struct DebertaV2Attention: Sendable {
    let selfAttention: DisentangledSelfAttention
    let outputDense: Linear
    let outputLayerNorm: LayerNorm

    init(
        loading loader: ParameterLoader, at prefix: String, config: DebertaV2Config, relEmbeddings: Tensor?,
        in workspace: Workspace
    ) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        selfAttention = try DisentangledSelfAttention(
            loading: loader, at: prefix + ".self", config: config, relEmbeddings: relEmbeddings, in: workspace)
        outputDense = try loader.linear(prefix + ".output.dense", inputs: hiddenSize, outputs: hiddenSize)
        outputLayerNorm = try loader.layerNorm(
            prefix + ".output.LayerNorm", count: hiddenSize, eps: config.layerNormEps)
    }

    func forward(_ x: Tensor, layout: AttentionLayout, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let context = try selfAttention.forward(x, layout: layout, in: workspace)  // [N, C]
        let y = try outputDense.forward(context, in: workspace)  // [N, C]
        try outputLayerNorm.forward(y, residual: x)  // [N, C]
        return y
    }
}
