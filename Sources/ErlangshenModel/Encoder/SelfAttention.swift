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
            return
        }
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
            config.c2p ? try project(config.shareAttKey ? "key_proj" : "pos_key_proj", reversed: true) : nil
        relativeQueries =
            config.p2c ? try project(config.shareAttKey ? "query_proj" : "pos_query_proj", reversed: false) : nil
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
}
