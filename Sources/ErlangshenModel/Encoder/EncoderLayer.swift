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

    /// What backward needs.
    struct Saved {
        let attention: Attention.Saved
        let rows: QueryRows?
        let y: Tensor  // [M, C]
        let sums: Tensor  // [M, F], before the activation
        let inner: Tensor  // [M, F]
        let norm: LayerNorm.Saved
        let dropout: Dropout?
    }

    /// `forward` in training: z = LN(drop(output.dense(act(intermediate.dense(y)))) + y), into z [M, C].
    func forward(
        keeping x: Tensor, into z: Tensor, rows: QueryRows?, layer: Int, in pass: TrainingPass
    ) throws(ComputeError) -> Saved {
        let workspace = pass.workspace
        var selected = x  // [M, C]
        if let rows { selected = try x.device.gather(x, rows: rows.rows, in: workspace) }
        let (y, attention) = try attention.forward(  // [M, C]
            keeping: x, selected: selected, rows: rows, layer: layer, in: pass)
        let sums = try intermediateDense.forward(y, keys: pass.keys(of: y), in: workspace)  // [M, F]
        let inner = try workspace.tensor(rows: sums.rows, columns: sums.columns)  // [M, F]
        try x.device.activation(sums, into: inner, hiddenAct)
        let dropout = try pass.dropout(.output(layer: layer), pass.rates.hidden, selected: rows != nil)
        let dense = try outputDense.forward(inner, keys: pass.keys(of: inner), in: workspace)  // [M, C]
        try dense.dropOut(dropout)
        let (_, norm) = try outputLayerNorm.forward(keeping: dense, residual: y, into: z, in: workspace)  // [M, C]
        return Saved(
            attention: attention, rows: rows, y: y, sums: sums, inner: inner, norm: norm, dropout: dropout)
    }

    /// The gradient of x, [N, C], into dx, from dz [M, C], which is overwritten. Where all rows were computed dx is dz.
    /// Without `dx` nothing below is trained, and only parameters get gradients.
    func backward(_ dz: Tensor, _ saved: Saved, into dx: Tensor?, in pass: TrainingPass) throws(ComputeError) {
        let workspace = pass.workspace
        try workspace.releasing { () throws(ComputeError) in
            let dy = try outputLayerNorm.backward(dz, saved.norm, in: workspace)  // [M, C], in place: the residual's
            let ddense = try pass.dropped(dy, saved.dropout)  // [M, C]
            let keys = pass.keys(of: ddense)
            let dinner = try outputDense.backward(ddense, x: saved.inner, keys: keys, in: workspace)  // [M, F]
            try dz.device.activationBackward(dinner, x: saved.sums, hiddenAct)
            try intermediateDense.backward(dinner, x: saved.y, addingTo: dy, keys: keys, in: workspace)
            guard let dx else { return try attention.backward(dy, saved.attention, addingTo: nil, in: pass) }
            guard let rows = saved.rows else {
                return try attention.backward(dy, saved.attention, addingTo: dy, in: pass)
            }
            try dz.device.fill(dx)
            try attention.backward(dy, saved.attention, addingTo: dx, in: pass)
            try dz.device.scatter(dy, rows: rows.rows, addingTo: dx)
        }
    }
}
