public import ErlangshenCompute

/// The encoder with a head that scores each token as the start and as the end of an answer.
///
/// *Source:* transformers `DebertaV2ForQuestionAnswering`, `BertForQuestionAnswering`.
public final class EncoderForQuestionAnswering: Sendable {
    /// The checkpoint's configuration.
    public var config: EncoderConfig { encoder.config }
    /// The encoder.
    public let encoder: EncoderModel
    let qaOutputs: Linear

    /// Loads a model folder; matrix products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no `qa_outputs`.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let (loader, config) = try ParameterLoader.open(
            directory, for: "ForQuestionAnswering", device: device, precision: precision)
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: EncoderConfig) throws(ModelError) {
        encoder = try EncoderModel(loading: loader, config: config)
        qaOutputs = try loader.linear(
            "qa_outputs", inputs: config.hiddenSize, outputs: 2, precision: .fp32)  // tiny
    }

    /// Start and end scores of every token.
    ///
    /// - Returns: [N, 2]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try encoder.run(batch) { hidden, workspace throws(ComputeError) in
            try qaOutputs.forward(hidden, in: workspace).read()  // [N, 2]
        }
    }
}
