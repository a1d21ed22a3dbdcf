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
        if loader.isTraining {
            decoder = try loader.trainedDecoder(
                weight: name, bias: bias, outputs: config.vocabSize, inputs: embeddingSize)
            return
        }
        // Tied, one matrix serves both ends, unless the table is kept in a finer precision than products have.
        let shared = !untied && embeddings.wordEmbeddings.precision == loader.precision
        decoder = Linear(
            weight: shared
                ? embeddings.wordEmbeddings
                : try loader.weight(name, outputs: config.vocabSize, inputs: embeddingSize).weight,
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

    /// Cross entropy against labels, there and back.
    ///
    /// *Shapes:* x [rows, C], labels [rows]. Gradients are those of Σ scale·loss.
    /// - Returns: the loss of each row, and dx [rows, C].
    func lossAndGradient(
        _ x: Tensor, labels: [Int32], scale: Float, in workspace: Workspace
    ) throws(ComputeError) -> (losses: [Float], dx: Tensor) {
        let device = x.device
        let sums = try transformDense.forward(x, in: workspace)  // [rows, E]
        let inner = try workspace.tensor(rows: sums.rows, columns: sums.columns)  // [rows, E]
        try device.activation(sums, into: inner, hiddenAct)
        let (t, norm) = try transformLayerNorm.forward(keeping: inner, in: workspace)  // [rows, E]
        let dt = try workspace.tensor(rows: t.rows, columns: t.columns)  // [rows, E]
        try device.fill(dt)
        var losses: [Float] = []
        for first in stride(from: 0, to: t.rows, by: Self.rowsAtOnce) {
            let range = first..<min(first + Self.rowsAtOnce, t.rows)
            try workspace.releasing { () throws(ComputeError) in
                let logits = try decoder.forward(t.rows(range), in: workspace)  // [≤ rowsAtOnce, V]
                let loss = try workspace.tensor(rows: range.count, columns: 1)  // [≤ rowsAtOnce, 1]
                try device.crossEntropy(  // dlogits in place
                    logits, labels: try workspace.integers(Array(labels[range])), scale: scale, losses: loss,
                    dlogits: logits)
                losses += try loss.read().values
                try decoder.backward(logits, x: t.rows(range), addingTo: dt.rows(range), in: workspace)
            }
        }
        let dinner = try transformLayerNorm.backward(dt, norm, in: workspace)  // [rows, E], in place
        try device.activationBackward(dinner, x: sums, hiddenAct)
        return (losses, try transformDense.backward(dinner, x: x, in: workspace))
    }
}
