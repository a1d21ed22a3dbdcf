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
    let trained: TrainedEmbeddings?

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
        var sums = embedded  // [N, C]
        if let embedProj {
            sums = try pass.workspace.tensor(rows: embedded.rows, columns: embedProj.outputs)
            try device.linear(embedded, into: sums, weight: embedProj, bias: nil, in: pass.workspace)
        }
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
        if let proj = trained.embedProj {
            try dx.device.linearBackwardWeight(
                dembedded, x: saved.embedded, dw: proj.parts[0].dweight, dbias: nil,
                precision: proj.transposed.precision, in: pass.workspace)
            let before = try pass.workspace.tensor(rows: dx.rows, columns: saved.embedded.columns)  // [N, E]
            try dx.device.linear(dembedded, into: before, weight: proj.transposed, bias: nil, in: pass.workspace)
            dembedded = before
        }
        try dx.device.embeddingBackward(
            dembedded, dword: trained.dword, dposition: trained.dposition, dtype: trained.dtype,
            ids: saved.batch.inputIds, positions: saved.batch.layout.positions, types: saved.batch.tokenTypeIds)
    }
}

/// What training keeps of the embeddings: where gradients are added.
struct TrainedEmbeddings: Sendable {
    let dword: Tensor  // [V, E]
    let dposition: Tensor?  // [P, E]
    let dtype: Tensor?  // [T, E]
    let embedProj: TrainedWeight?
}
