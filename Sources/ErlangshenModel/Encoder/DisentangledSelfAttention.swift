internal import ErlangshenCompute

/// Disentangled attention of one layer.
///
/// *Concretely:* score[i,j] = (Q_i·K_j + Q_i·Kr[idx(i−j)] + K_j·Qr[idx(i−j)]) / √(D·n), n = 1 + [c2p] + [p2c];
/// y_i = Σ_j softmax_j(score[i,j])·V_j, per head. Kr and Qr are projections of the relative table.
/// *Shapes:* x, y [N, C]; Q, K, V [N, H, D]; Kr, Qr [R, H, D].
/// *Source:* arXiv 2006.03654 §3.1; transformers `DisentangledSelfAttention`; docs/disentangled-attention.md.
struct DisentangledSelfAttention: Sendable {
    /// query_proj, key_proj and value_proj, their outputs side by side: [3·C, C].
    let queryKeyValueProj: Linear
    /// Kr, constant at inference; nil without c2p.
    let relativeKeys: RelativeTable?
    /// Qr, constant at inference; nil without p2c.
    let relativeQueries: RelativeTable?
    let scale: Float

    init(
        loading loader: ParameterLoader, at prefix: String, config: DebertaV2Config, relEmbeddings: Tensor?,
        in workspace: Workspace
    ) throws(ModelError) {
        let hiddenSize = config.hiddenSize
        queryKeyValueProj = try loader.joinedLinear(
            [prefix + ".query_proj", prefix + ".key_proj", prefix + ".value_proj"], inputs: hiddenSize,
            outputs: hiddenSize)
        scale = 1 / config.scoreScale
        guard let relEmbeddings, config.c2p || config.p2c else {
            relativeKeys = nil
            relativeQueries = nil
            return
        }
        func project(_ name: String, reversed: Bool) throws(ModelError) -> RelativeTable {
            let proj = try loader.linear(prefix + "." + name, inputs: hiddenSize, outputs: hiddenSize)
            return try onDevice { () throws(ComputeError) in
                try workspace.releasing { () throws(ComputeError) in
                    let projected = try proj.forward(relEmbeddings, in: workspace)  // [R, C]
                    return try RelativeTable(
                        projected, heads: config.numAttentionHeads, reversed: reversed, on: loader.device)
                }
            }
        }
        relativeKeys =
            config.c2p ? try project(config.shareAttKey ? "key_proj" : "pos_key_proj", reversed: true) : nil
        relativeQueries =
            config.p2c ? try project(config.shareAttKey ? "query_proj" : "pos_query_proj", reversed: false) : nil
    }

    func forward(_ x: Tensor, layout: AttentionLayout, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let qkv = try queryKeyValueProj.forward(x, in: workspace)  // [N, 3·C]
        return try x.device.disentangledAttention(  // [N, C]
            qkv: qkv, keys: relativeKeys, queries: relativeQueries, layout: layout, scale: scale, in: workspace)
    }
}
