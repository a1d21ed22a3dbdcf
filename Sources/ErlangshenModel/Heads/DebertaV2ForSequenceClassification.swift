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

    /// Loads a model folder.
    ///
    /// - Throws: `ModelError`, `.missingTensor` among them when the checkpoint has no classifier, `.shapeMismatch` when
    ///   its labels are not as many as the configuration's.
    public init(directory: String, device: Device) throws(ModelError) {
        let config = try DebertaV2Config(directory: directory)
        let loader = ParameterLoader(
            checkpoint: try openCheckpoint(directory), device: device, owner: "DebertaV2ForSequenceClassification")
        deberta = try DebertaV2Model(loading: loader, config: config)
        pooler = try ContextPooler(loading: loader, at: "pooler", config: config)
        classifier = try loader.linear("classifier", inputs: config.hiddenSize, outputs: config.id2label.count)
    }

    /// Scores of every label, before any softmax or sigmoid.
    ///
    /// - Returns: [B, labels]
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        let first = try deberta.checkedRows(Array(batch.offsets.dropLast()), of: batch)
        return try deberta.run(batch) { hidden, workspace throws(ComputeError) in
            let x = try hidden.device.gather(hidden, rows: try workspace.integers(first), in: workspace)  // [B, C]
            return try classifier.forward(try pooler.forward(x, in: workspace), in: workspace)  // [B, labels]
        }
    }
}
