internal import ErlangshenCompute

/// One encoder layer: attention, then z = LN(output.dense(act(intermediate.dense(y))) + y).
///
/// *Shapes:* x, y, z [N, C]; between the two products [N, F].
/// *Source:* transformers `DebertaV2Layer`, `DebertaV2Intermediate`, `DebertaV2Output`.
struct DebertaV2Layer: Sendable {
    let attention: DebertaV2Attention
    let intermediateDense: Linear
    let outputDense: Linear
    let outputLayerNorm: LayerNorm
    let hiddenAct: Activation

    init(
        loading loader: ParameterLoader, at prefix: String, config: DebertaV2Config, relEmbeddings: Tensor?,
        in workspace: Workspace
    ) throws(ModelError) {
        let (hiddenSize, intermediateSize) = (config.hiddenSize, config.intermediateSize)
        attention = try DebertaV2Attention(
            loading: loader, at: prefix + ".attention", config: config, relEmbeddings: relEmbeddings, in: workspace)
        intermediateDense = try loader.linear(
            prefix + ".intermediate.dense", inputs: hiddenSize, outputs: intermediateSize)
        outputDense = try loader.linear(prefix + ".output.dense", inputs: intermediateSize, outputs: hiddenSize)
        outputLayerNorm = try loader.layerNorm(
            prefix + ".output.LayerNorm", count: hiddenSize, eps: config.layerNormEps)
        hiddenAct = config.hiddenAct.activation
    }

    /// Computes z from x; both [N, C], and not the same memory.
    func forward(
        _ x: Tensor, into z: Tensor, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            let y = try attention.forward(x, layout: layout, in: workspace)  // [N, C]
            let inner = try intermediateDense.forward(y, activation: hiddenAct, in: workspace)  // [N, F]
            try outputDense.forward(inner, into: z, in: workspace)  // [N, C]
            try outputLayerNorm.forward(z, residual: y)  // [N, C]
        }
    }
}
