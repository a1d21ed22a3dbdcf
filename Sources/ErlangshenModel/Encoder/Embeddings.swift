internal import ErlangshenCompute

/// x = LN(proj(E[id] (+ P[position]) (+ T[type])))
///
/// Hidden tokens, which transformers sets to zero here, are not part of a packed batch at all.
/// *Shapes:* → [N, C]; word_embeddings [V, E], position_embeddings [P, E], token_type_embeddings [T, E], embed_proj [C, E].
/// *Source:* transformers `DebertaV2Embeddings`, `BertEmbeddings`.
struct Embeddings: Sendable {
    let wordEmbeddings: PackedWeight
    let wordEmbeddingsName: String
    let positionEmbeddings: Tensor?
    let tokenTypeEmbeddings: Tensor?
    let embedProj: PackedWeight?
    let layerNorm: LayerNorm

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        let width = config.embeddingSize
        wordEmbeddingsName = prefix + ".word_embeddings.weight"
        wordEmbeddings = try loader.embeddingTable(wordEmbeddingsName, rows: config.vocabSize, columns: width)
        positionEmbeddings =
            config.positionBiasedInput
            ? try loader.table(
                prefix + ".position_embeddings.weight", rows: config.maxPositionEmbeddings, columns: width) : nil
        tokenTypeEmbeddings =
            config.typeVocabSize > 0
            ? try loader.table(prefix + ".token_type_embeddings.weight", rows: config.typeVocabSize, columns: width)
            : nil
        embedProj =
            width != config.hiddenSize
            ? try loader.weight(prefix + ".embed_proj.weight", outputs: config.hiddenSize, inputs: width) : nil
        layerNorm = try loader.layerNorm(prefix + ".LayerNorm", count: config.hiddenSize, eps: config.layerNormEps)
    }

    func forward(_ batch: DeviceBatch, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let device = wordEmbeddings.device
        var x = try device.embedding(
            word: wordEmbeddings, position: positionEmbeddings, type: tokenTypeEmbeddings, ids: batch.inputIds,
            positions: batch.layout.positions, types: batch.tokenTypeIds, in: workspace)  // [N, E]
        if let embedProj {
            let projected = try workspace.tensor(rows: x.rows, columns: embedProj.outputs)  // [N, C]
            try device.linear(x, into: projected, weight: embedProj, bias: nil, in: workspace)
            x = projected
        }
        try layerNorm.forward(x)  // [N, C]
        return x
    }
}
