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
    let embedProj: Linear?
    let layerNorm: LayerNorm
    let trained: TrainedEmbeddings?
    /// The row of the word embeddings that learns nothing from the tokens that have it.
    let padTokenId: Int

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
        trained = try loader.trainedEmbeddings(prefix, config: config)
        padTokenId = config.padTokenId
    }

    func forward(_ batch: DeviceBatch, in workspace: Workspace) throws(ComputeError) -> Tensor {
        let device = wordEmbeddings.device
        var x = try device.embedding(
            word: wordEmbeddings, position: positionEmbeddings, type: tokenTypeEmbeddings, ids: batch.inputIds,
            positions: batch.layout.positions, types: batch.tokenTypeIds, in: workspace)  // [N, E]
        if let embedProj { x = try embedProj.forward(x, in: workspace) }  // [N, C]
        try layerNorm.forward(x)  // [N, C]
        return x
    }

    /// What backward needs.
    struct Saved {
        let batch: DeviceBatch
        let embedded: Tensor  // [N, E]
        let norm: LayerNorm.Saved
        let dropout: Dropout?
    }

    /// `forward` in training: x = drop(LN(…)), [N, C].
    func forward(keeping batch: DeviceBatch, in pass: TrainingPass) throws(ComputeError) -> (x: Tensor, saved: Saved) {
        let device = wordEmbeddings.device
        let embedded = try device.embedding(
            word: wordEmbeddings, position: positionEmbeddings, type: tokenTypeEmbeddings, ids: batch.inputIds,
            positions: batch.layout.positions, types: batch.tokenTypeIds, in: pass.workspace)  // [N, E]
        let sums = try embedProj?.forward(embedded, in: pass.workspace) ?? embedded  // [N, C]
        let dropout = try pass.dropout(.embeddings, pass.rates.hidden)
        let (x, norm) = try layerNorm.forward(keeping: sums, in: pass.workspace)  // [N, C]
        try x.dropOut(dropout)
        return (x, Saved(batch: batch, embedded: embedded, norm: norm, dropout: dropout))
    }

    /// Adds the gradients of the tables; dx [N, C] is overwritten.
    func backward(_ dx: Tensor, _ saved: Saved, in pass: TrainingPass) throws(ComputeError) {
        guard let trained else { preconditionFailure("embeddings that were loaded for inference") }
        try dx.dropOut(saved.dropout)
        var dembedded = try layerNorm.backward(dx, saved.norm, in: pass.workspace)  // [N, C], in place
        if let embedProj {
            dembedded = try embedProj.backward(dembedded, x: saved.embedded, in: pass.workspace)  // [N, E]
        }
        try dx.device.embeddingBackward(
            dembedded, dword: trained.dword, dposition: trained.dposition, dtype: trained.dtype,
            ids: saved.batch.inputIds, positions: saved.batch.layout.positions, types: saved.batch.tokenTypeIds,
            padding: padTokenId)
    }
}

/// What training keeps of the embeddings: where gradients are added; nil for a table that is not there or not trained.
struct TrainedEmbeddings: Sendable {
    let dword: Tensor?  // [V, E]
    let dposition: Tensor?  // [P, E]
    let dtype: Tensor?  // [T, E]
}
