public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTasks
public import ErlangshenTokenizer

/// A fine-tuned folder, loaded for inference with the head that a task needs.
public struct TaskModel: Sendable {
    private enum Network: Sendable {
        case sequences(EncoderForSequenceClassification)
        case tokens(EncoderForTokenClassification)
        case questions(EncoderForQuestionAnswering)
    }

    /// The configuration.
    public let config: EncoderConfig
    /// The tokenizer.
    public let tokenizer: BertTokenizer
    /// What the outputs stand for.
    public let labels: TaskLabels
    private let network: Network

    /// Loads a folder; products are computed in `precision`, nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `TrainingError.model`, `.tokenizer`; `.task` when its labels are none that the task can have.
    public init(
        directory: String, task: TaskDescription, device: Device, precision: Precision? = nil
    ) throws(TrainingError) {
        do { tokenizer = try BertTokenizer(directory: directory) } catch { throw .tokenizer(error) }
        network = try onModel { () throws(ModelError) in
            switch task.kind {
            case .classification, .softClassification, .regression, .multipleChoice:
                .sequences(
                    try EncoderForSequenceClassification(directory: directory, device: device, precision: precision))
            case .tokenClassification:
                .tokens(try EncoderForTokenClassification(directory: directory, device: device, precision: precision))
            case .questionAnswering:
                .questions(try EncoderForQuestionAnswering(directory: directory, device: device, precision: precision))
            }
        }
        config =
            switch network {
            case .sequences(let model): model.config
            case .tokens(let model): model.config
            case .questions(let model): model.config
            }
        labels = try TaskLabels(trained: config.id2label, for: task)
        if task.kind == .regression || task.kind == .multipleChoice, config.id2label.count != 1 {
            throw .task(
                .invalidTask(
                    name: task.name, reason: "the model has \(config.id2label.count) outputs, and the task needs one"))
        }
    }

    /// Scores of sequences: [B, labels]; of tokens: [N, tags] or [N, 2].
    ///
    /// - Throws: as the model that it is.
    public func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        switch network {
        case .sequences(let model): try model.logits(batch)
        case .tokens(let model): try model.logits(batch)
        case .questions(let model): try model.logits(batch)
        }
    }
}
