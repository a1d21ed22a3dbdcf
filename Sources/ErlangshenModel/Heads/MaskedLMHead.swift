internal import ErlangshenCompute

/// logits = LN(act(dense(x)))·Eᵀ + b, E being the word embeddings unless the checkpoint unties them.
///
/// *Shapes:* x [rows, C] → [rows, V].
/// *Source:* transformers `LegacyDebertaV2OnlyMLMHead`, `BertOnlyMLMHead` (`cls.predictions`),
/// `DebertaV2LMHead` (`lm_predictions.lm_head`).
struct MaskedLMHead: Sendable {
    let transformDense: Linear
    let transformLayerNorm: LayerNorm
    let decoder: Linear
    let hiddenAct: Activation

    init(
        loading loader: ParameterLoader, config: EncoderConfig, embeddings: Embeddings
    ) throws(ModelError) {
        let transform = config.legacy ? "cls.predictions.transform" : "lm_predictions.lm_head"
        let (hiddenSize, embeddingSize) = (config.hiddenSize, config.embeddingSize)
        guard config.legacy || hiddenSize == embeddingSize else {
            throw .shapeMismatch(
                name: transform + ".dense.weight", expected: [hiddenSize, hiddenSize],
                found: [embeddingSize, hiddenSize], path: loader.path)
        }
        transformDense = try loader.linear(transform + ".dense", inputs: hiddenSize, outputs: embeddingSize)
        transformLayerNorm = try loader.layerNorm(
            transform + ".LayerNorm", count: embeddingSize, eps: config.layerNormEps)
        hiddenAct = config.hiddenAct.activation
        // Untied, transformers reads the decoder's own bias; tied, the two names are one tensor.
        let untied = config.legacy && !config.tieWordEmbeddings
        let bias = !config.legacy ? transform + ".bias" : "cls.predictions." + (untied ? "decoder.bias" : "bias")
        let name = untied ? "cls.predictions.decoder.weight" : embeddings.wordEmbeddingsName
        // Tied, one matrix serves both ends, unless the table is kept in a finer precision than products have.
        let shared = !untied && embeddings.wordEmbeddings.precision == loader.precision
        decoder = Linear(
            weight: shared
                ? embeddings.wordEmbeddings
                : try loader.weight(name, outputs: config.vocabSize, inputs: embeddingSize),
            bias: try loader.vector(bias, count: config.vocabSize))
    }

    /// Rows whose scores stand in memory at a time: few enough for the third-level cache, many enough for the products.
    private static let rowsAtOnce = 256

    /// Scores of every vocabulary entry, or what `finish` makes of them in place.
    ///
    /// - Returns: [rows, V]
    func scores(
        _ x: Tensor, in workspace: Workspace, then finish: (Tensor) throws(ComputeError) -> Tensor
    ) throws(ComputeError) -> Matrix {
        let t = try transformDense.forward(x, activation: hiddenAct, in: workspace)  // [rows, E]
        try transformLayerNorm.forward(t)  // [rows, E]
        return try Matrix(
            rows: t.rows, columns: decoder.weight.outputs, step: Self.rowsAtOnce, in: workspace
        ) { range throws(ComputeError) in
            try finish(try decoder.forward(t.rows(range), in: workspace))  // [≤ rowsAtOnce, V]
        }
    }
}
