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

    /// What backward needs.
    struct Saved {
        let attention: SelfAttention.Saved
        let context: Tensor  // [M, C]
        let norm: LayerNorm.Saved
        let dropout: Dropout?
    }

    /// LN(drop(dense(attention(x))) + selected), in training.
    ///
    /// - Returns: y [M, C].
    func forward(
        keeping x: Tensor, selected: Tensor, rows: QueryRows?, layer: Int, in pass: TrainingPass
    ) throws(ComputeError) -> (y: Tensor, saved: Saved) {
        let (context, attention) = try selfAttention.forward(  // [M, C]
            keeping: x, selected: selected, rows: rows, layer: layer, in: pass)
        let dropout = try pass.dropout(.attentionOutput(layer: layer), pass.rates.hidden, selected: rows != nil)
        let dense = try outputDense.forward(context, keys: pass.keys(of: context), in: pass.workspace)  // [M, C]
        try dense.dropOut(dropout)
        let (y, norm) = try outputLayerNorm.forward(keeping: dense, residual: selected, in: pass.workspace)  // [M, C]
        return (y, Saved(attention: attention, context: context, norm: norm, dropout: dropout))
    }

    /// The gradient of x into dx [N, C]; dy [M, C] becomes that of the selected rows. They may be one. Without `dx`
    /// nothing below is trained, and dy means nothing afterwards.
    func backward(_ dy: Tensor, _ saved: Saved, addingTo dx: Tensor?, in pass: TrainingPass) throws(ComputeError) {
        let ds = try outputLayerNorm.backward(dy, saved.norm, in: pass.workspace)  // [M, C], in place
        let ddense = try pass.dropped(ds, saved.dropout)  // [M, C]
        let dcontext = try outputDense.backward(  // [M, C]
            ddense, x: saved.context, keys: pass.keys(of: ddense), in: pass.workspace)
        try selfAttention.backward(dcontext, saved.attention, addingTo: dx, ds, in: pass)
    }
}
