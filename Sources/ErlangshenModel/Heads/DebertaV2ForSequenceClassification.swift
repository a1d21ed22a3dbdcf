public import ErlangshenCompute

/// The encoder with a classifier over whole texts (or a regression, with one label).
///
/// *Source:* transformers `DebertaV2ForSequenceClassification`.
public final class DebertaV2ForSequenceClassification: Sendable {
    /// The checkpoint's configuration.
    public var config: DebertaV2Config { deberta.config }
    /// The encoder.
    public let deberta: DebertaV2Model
    let pooler: ContextPooler
    let classifier: Linear

    /// Loads a model folder; matrix products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no classifier, `.shapeMismatch` when
    ///   its labels are not as many as the configuration's.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let config = try DebertaV2Config(directory: directory)
        let loader = try ParameterLoader(
            directory: directory, device: device, precision: precision, owner: "DebertaV2ForSequenceClassification")
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: DebertaV2Config) throws(ModelError) {
        deberta = try DebertaV2Model(loading: loader, config: config)
        pooler = try ContextPooler(loading: loader, at: "pooler", config: config)
        classifier = try loader.linear(
            "classifier", inputs: config.hiddenSize, outputs: config.id2label.count, precision: .fp32)  // tiny
    }

    /// Scores of every label, before any softmax or sigmoid.
    ///
    /// - Returns: [B, labels]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try deberta.run(batch, rows: Array(batch.offsets.dropLast())) { x, workspace throws(ComputeError) in
            try classifier.forward(try pooler.forward(x, in: workspace), in: workspace).read()  // [B, C] → [B, labels]
        }
    }
}
