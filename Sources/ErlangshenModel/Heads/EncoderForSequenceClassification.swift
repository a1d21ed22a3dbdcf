public import ErlangshenCompute

/// The encoder with a classifier over whole texts (or a regression, with one label).
///
/// *Source:* transformers `DebertaV2ForSequenceClassification`, `BertForSequenceClassification`.
public final class EncoderForSequenceClassification: Sendable {
    /// The checkpoint's configuration.
    public var config: EncoderConfig { encoder.config }
    /// The encoder.
    public let encoder: EncoderModel
    let pooler: Pooler
    let classifier: Linear

    /// Loads a model folder; matrix products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no classifier, `.shapeMismatch` when
    ///   its labels are not as many as the configuration's.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let (loader, config) = try ParameterLoader.open(
            directory, for: "ForSequenceClassification", device: device, precision: precision)
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: EncoderConfig) throws(ModelError) {
        encoder = try EncoderModel(loading: loader, config: config)
        pooler = try Pooler(loading: loader, at: config.modelType.poolerName(beside: encoder.prefix), config: config)
        classifier = try loader.linear(
            "classifier", inputs: config.hiddenSize, outputs: config.id2label.count, precision: .fp32)  // tiny
    }

    /// Scores of every label, before any softmax or sigmoid.
    ///
    /// - Returns: [B, labels]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try encoder.run(batch, rows: Array(batch.offsets.dropLast())) { x, workspace throws(ComputeError) in
            try classifier.forward(try pooler.forward(x, in: workspace), in: workspace).read()  // [B, C] → [B, labels]
        }
    }
}
