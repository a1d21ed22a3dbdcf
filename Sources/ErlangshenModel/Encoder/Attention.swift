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

    /// Computes the rows of `selected` [M, C], which are x[rows], or all of x when `rows` is nil.
    ///
    /// - Returns: [M, C]
    func forward(
        _ x: Tensor, selected: Tensor, rows: QueryRows?, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let context = try selfAttention.forward(x, selected: selected, rows: rows, layout: layout, in: workspace)
        let y = try outputDense.forward(context, in: workspace)  // [M, C]
        try outputLayerNorm.forward(y, residual: selected)  // [M, C]
        return y
    }
}
