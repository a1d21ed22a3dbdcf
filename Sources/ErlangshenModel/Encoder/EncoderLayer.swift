internal import ErlangshenCompute

/// One encoder layer: attention, then z = LN(output.dense(act(intermediate.dense(y))) + y).
///
/// *Shapes:* x, y, z [N, C]; between the two products [N, F].
/// *Source:* transformers `DebertaV2Layer`, `DebertaV2Intermediate`, `DebertaV2Output`; `BertLayer` and so on.
struct EncoderLayer: Sendable {
    let attention: Attention
    let intermediateDense: Linear
    let outputDense: Linear
    let outputLayerNorm: LayerNorm
    let hiddenAct: Activation

    init(
        loading loader: ParameterLoader, at prefix: String, config: EncoderConfig, relEmbeddings: Tensor?,
        selectsRows: Bool, in workspace: Workspace
    ) throws(ModelError) {
        let (hiddenSize, intermediateSize) = (config.hiddenSize, config.intermediateSize)
        attention = try Attention(
            loading: loader, at: prefix + ".attention", config: config, relEmbeddings: relEmbeddings,
            selectsRows: selectsRows, in: workspace)
        intermediateDense = try loader.linear(
            prefix + ".intermediate.dense", inputs: hiddenSize, outputs: intermediateSize)
        outputDense = try loader.linear(prefix + ".output.dense", inputs: intermediateSize, outputs: hiddenSize)
        outputLayerNorm = try loader.layerNorm(
            prefix + ".output.LayerNorm", count: hiddenSize, eps: config.layerNormEps)
        hiddenAct = config.hiddenAct.activation
    }

    /// Computes z [M, C] from x [N, C], not the same memory: the rows asked for, or all of them, M = N, without `rows`.
    func forward(
        _ x: Tensor, into z: Tensor, rows: QueryRows? = nil, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            var selected = x  // [M, C]
            if let rows { selected = try x.device.gather(x, rows: rows.rows, in: workspace) }
            let context = try attention.selfAttention.forward(  // [M, C]
                x, selected: selected, rows: rows, layout: layout, in: workspace)
            // All that follows is row by row.
            try workspace.inParts(z.rows) { part, workspace throws(ComputeError) in
                let y = try attention.output(  // [m, C]
                    context.rows(part), residual: selected.rows(part), in: workspace)
                let inner = try intermediateDense.forward(y, activation: hiddenAct, in: workspace)  // [m, F]
                let z = z.rows(part)
                try outputDense.forward(inner, into: z, in: workspace)  // [m, C]
                try outputLayerNorm.forward(z, residual: y)  // [m, C]
            }
        }
    }
}
