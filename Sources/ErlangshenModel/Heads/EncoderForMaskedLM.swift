public import ErlangshenCompute

/// The encoder with the masked-language-model head.
///
/// *Source:* transformers `DebertaV2ForMaskedLM`, `BertForMaskedLM`.
public final class EncoderForMaskedLM: Sendable {
    /// The checkpoint's configuration.
    public var config: EncoderConfig { encoder.config }
    /// The encoder.
    public let encoder: EncoderModel
    let head: MaskedLMHead

    /// Loads a model folder; matrix products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no MLM head.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let (loader, config) = try ParameterLoader.open(
            directory, for: "ForMaskedLM", device: device, precision: precision)
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: EncoderConfig) throws(ModelError) {
        encoder = try EncoderModel(loading: loader, config: config)
        head = try MaskedLMHead(loading: loader, config: config, embeddings: encoder.embeddings)
    }

    /// Scores of every vocabulary entry, before the softmax.
    ///
    /// `rows` are the tokens to score, as rows of the batch; nil scores all N.
    /// - Returns: [rows, V]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch, rows: [Int]? = nil) throws(ModelError) -> Matrix {
        try score(batch, rows: rows) { logits throws(ComputeError) in logits }
    }

    /// Natural logarithms of the probabilities of every vocabulary entry.
    ///
    /// `rows` are the tokens to score, as rows of the batch; nil scores all N.
    /// - Returns: [rows, V]
    /// - Throws: as `logits(_:rows:)`.
    public func logProbabilities(_ batch: SequenceBatch, rows: [Int]? = nil) throws(ModelError) -> Matrix {
        try score(batch, rows: rows) { logits throws(ComputeError) in try logits.device.logSoftmax(logits) }
    }

    private func score(
        _ batch: SequenceBatch, rows: [Int]?, then finish: (Tensor) throws(ComputeError) -> Tensor
    ) throws(ModelError) -> Matrix {
        if let rows, rows.isEmpty { return Matrix(rows: 0, columns: config.vocabSize, values: []) }
        return try encoder.run(batch, rows: rows) { x, workspace throws(ComputeError) in
            try head.scores(x, in: workspace, then: finish)  // [rows, V]
        }
    }
}
