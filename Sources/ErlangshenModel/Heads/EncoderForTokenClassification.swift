public import ErlangshenCompute

/// The encoder with a classifier over each token.
///
/// *Source:* transformers `DebertaV2ForTokenClassification`, `BertForTokenClassification`.
public final class EncoderForTokenClassification: Sendable {
    /// The checkpoint's configuration.
    public var config: EncoderConfig { encoder.config }
    /// The encoder.
    public let encoder: EncoderModel
    let classifier: Linear

    /// Loads a model folder; matrix products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no classifier.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let (loader, config) = try ParameterLoader.open(
            directory, for: "ForTokenClassification", device: device, precision: precision)
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: EncoderConfig) throws(ModelError) {
        encoder = try EncoderModel(loading: loader, config: config)
        classifier = try loader.linear(
            "classifier", inputs: config.hiddenSize, outputs: config.id2label.count, precision: .fp32)  // tiny
    }

    /// Scores of every label for every token.
    ///
    /// - Returns: [N, labels]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try encoder.run(batch) { hidden, workspace throws(ComputeError) in
            try classifier.forward(hidden, in: workspace).read()  // [N, labels]
        }
    }
}
