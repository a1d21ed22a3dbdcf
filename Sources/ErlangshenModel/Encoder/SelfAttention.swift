internal import ErlangshenCompute

/// Attention of one layer: disentangled, or without relative tables that of BERT.
///
/// *Concretely:* score[i,j] = (Q_i·K_j + Q_i·Kr[idx(i−j)] + K_j·Qr[idx(i−j)]) / √(D·n), n = 1 + [c2p] + [p2c];
/// y_i = Σ_j softmax_j(score[i,j])·V_j, per head. Kr and Qr are projections of the relative table; a BERT has none, n = 1.
/// *Shapes:* x, y [N, C]; Q, K, V [N, H, D]; Kr, Qr [R, H, D].
/// *Source:* arXiv 2006.03654 §3.1; transformers `DisentangledSelfAttention`, `BertSelfAttention`; docs/disentangled-attention.md.
struct SelfAttention: Sendable {
    /// query_proj, key_proj and value_proj (`ModelType.projectionNames`), their outputs side by side [3·C, C]; or, for a
    /// layer that may be asked for a few rows, query_proj alone [C, C].
    let queryProj: Linear
    /// Then key_proj and value_proj: [2·C, C].
    let keyValueProj: Linear?
    /// Kr, constant at inference; nil without c2p.
    let relativeKeys: RelativeTable?
    /// Qr, constant at inference; nil without p2c.
    let relativeQueries: RelativeTable?
    let scale: Float
    let precision: Precision
    /// In training: the projections of the relative table and their gradients.
    let relativeTraining: RelativeProjections?

    init(
        loading loader: ParameterLoader, at prefix: String, config: EncoderConfig, relEmbeddings: Tensor?,
        selectsRows: Bool, in workspace: Workspace
    ) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        let names = config.modelType.projectionNames.map { "\(prefix).\($0)" }
        let first = selectsRows ? 1 : 3
        queryProj = try loader.joinedLinear(Array(names[..<first]), inputs: hiddenSize, outputs: hiddenSize)
        keyValueProj =
            selectsRows
            ? try loader.joinedLinear(Array(names[first...]), inputs: hiddenSize, outputs: hiddenSize) : nil
        scale = 1 / config.scoreScale
        precision = loader.precision
        guard config.relativeAttention else {
            relativeKeys = nil
            relativeQueries = nil
            relativeTraining = nil
            return
        }
        guard !loader.isTraining else {
            let projections = try RelativeProjections(loading: loader, at: prefix, config: config)
            relativeTraining = projections
            relativeKeys = try projections.keys?.packed(loader, config, reversed: true)
            relativeQueries = try projections.queries?.packed(loader, config, reversed: false)
            return
        }
        relativeTraining = nil
        func project(_ name: String, reversed: Bool) throws(ModelError) -> RelativeTable {
            try loader.relativeTable(
                "\(prefix).\(name)\(reversed ? "#reversed" : "")", rows: 2 * config.relativePosition.span,
                heads: config.numAttentionHeads, headSize: config.attentionHeadSize, reversed: reversed
            ) { () throws(ModelError) in
                guard let relEmbeddings else {
                    throw .missingTensor(name: "encoder.rel_embeddings.weight", neededBy: prefix, path: loader.path)
                }
                let proj = try loader.unrecorded.linear(
                    prefix + "." + name, inputs: hiddenSize, outputs: hiddenSize, precision: .fp32)  // used once
                return try onDevice { () throws(ComputeError) in
                    // Its memory is taken again at the next projection, when this one has been packed.
                    try workspace.releasing { () throws(ComputeError) in
                        try proj.forward(relEmbeddings, in: workspace)  // [R, C]
                    }
                }
            }
        }
        relativeKeys =
            config.c2p ? try project(config.relativeKeyName, reversed: true) : nil
        relativeQueries =
            config.p2c ? try project(config.relativeQueryName, reversed: false) : nil
    }

    /// Attends from the rows of `selected` [M, C], which are x[rows], or from all of x when `rows` is nil.
    ///
    /// - Returns: [M, C]
    func forward(
        _ x: Tensor, selected: Tensor, rows: QueryRows?, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        let width = x.columns
        let query = try queryProj.forwardInParts(selected, in: workspace)  // [M, C], or [N, 3·C] with keys and values
        let keyValue = try keyValueProj?.forwardInParts(x, in: workspace)  // [N, 2·C]
        return try x.device.disentangledAttention(  // [M, C]
            query: query, keyValue: keyValue ?? query, keyColumn: keyValue == nil ? width : 0, width: width,
            keys: relativeKeys, queries: relativeQueries, rows: rows, layout: layout, scale: scale,
            precision: precision, in: workspace)
    }

    /// What backward needs.
    struct Saved {
        let x: Tensor  // [N, C]
        let selected: Tensor  // [M, C]
        let operands: AttentionOperands
        let lse: Tensor  // [M, H]
        let dropout: Dropout?
    }

    /// `forward` in training.
    ///
    /// - Returns: the context [M, C].
    func forward(
        keeping x: Tensor, selected: Tensor, rows: QueryRows?, layer: Int, in pass: TrainingPass
    ) throws(ComputeError) -> (context: Tensor, saved: Saved) {
        let width = x.columns
        let query = try queryProj.forward(  // [M, C], or [N, 3·C] with keys and values
            selected, keys: pass.keys(of: selected), in: pass.workspace)
        let keyValue = try keyValueProj?.forward(x, keys: pass.keys, in: pass.workspace)  // [N, 2·C]
        let operands = AttentionOperands(
            query: query, keyValue: keyValue ?? query, keyColumn: keyValue == nil ? width : 0, width: width, rows: rows,
            layout: pass.layout, scale: scale, precision: precision)
        let dropout = try pass.dropout(.attention(layer: layer), pass.rates.attention, selected: rows != nil)
        let (context, lse) = try x.device.disentangledAttention(
            keeping: operands, keys: relativeKeys, queries: relativeQueries, dropout: dropout, in: pass.workspace)
        return (context, Saved(x: x, selected: selected, operands: operands, lse: lse, dropout: dropout))
    }

    /// Adds the gradients of x to dx [N, C] and of the selected rows to dselected [M, C], which may be dx. Without `dx`
    /// only parameters get gradients.
    ///
    /// *Shapes:* dcontext [M, C].
    func backward(
        _ dcontext: Tensor, _ saved: Saved, addingTo dx: Tensor?, _ dselected: Tensor, in pass: TrainingPass
    ) throws(ComputeError) {
        let workspace = pass.workspace
        let dquery = try workspace.tensor(rows: dcontext.rows, columns: queryProj.weight.outputs)  // [M, C or 3·C]
        let dkeyValue = try keyValueProj.map { proj throws(ComputeError) in  // [N, 2·C]
            try workspace.tensor(rows: saved.x.rows, columns: proj.weight.outputs)
        }
        try dcontext.device.disentangledAttentionBackward(
            dcontext, of: saved.operands, lse: saved.lse, keys: relativeTraining?.keys?.gradient,
            queries: relativeTraining?.queries?.gradient, dropout: saved.dropout, dquery: dquery,
            dkeyValue: dkeyValue ?? dquery, in: workspace)
        try queryProj.backward(
            dquery, x: saved.selected, addingTo: dx == nil ? nil : dselected, keys: pass.keys(of: dquery), in: workspace
        )
        if let keyValueProj, let dkeyValue {
            try keyValueProj.backward(dkeyValue, x: saved.x, addingTo: dx, keys: pass.keys, in: workspace)
        }
    }
}

extension EncoderConfig {
    /// What projects the relative table to keys: the layer's own projection, or one of its own.
    var relativeKeyName: String { shareAttKey ? "key_proj" : "pos_key_proj" }
    /// And to queries.
    var relativeQueryName: String { shareAttKey ? "query_proj" : "pos_query_proj" }
}
