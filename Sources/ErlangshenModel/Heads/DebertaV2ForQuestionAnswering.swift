public import ErlangshenCompute

/// The encoder with a head that scores each token as the start and as the end of an answer.
///
/// *Source:* transformers `DebertaV2ForQuestionAnswering`.
public final class DebertaV2ForQuestionAnswering: Sendable {
    /// The checkpoint's configuration.
    public var config: DebertaV2Config { deberta.config }
    /// The encoder.
    public let deberta: DebertaV2Model
    let qaOutputs: Linear

    /// Loads a model folder.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no `qa_outputs`.
    public init(directory: String, device: Device) throws(ModelError) {
        let config = try DebertaV2Config(directory: directory)
        let loader = ParameterLoader(
            checkpoint: try openCheckpoint(directory), device: device, owner: "DebertaV2ForQuestionAnswering")
        deberta = try DebertaV2Model(loading: loader, config: config)
        qaOutputs = try loader.linear("qa_outputs", inputs: config.hiddenSize, outputs: 2)
    }

    /// Start and end scores of every token.
    ///
    /// - Returns: [N, 2]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try deberta.run(batch) { hidden, workspace throws(ComputeError) in
            try qaOutputs.forward(hidden, in: workspace)  // [N, 2]
        }
    }
}
