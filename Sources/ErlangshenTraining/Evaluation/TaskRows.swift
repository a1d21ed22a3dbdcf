public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTasks
public import ErlangshenTokenizer

/// Rows of a task as a model takes them, to measure it on or to predict.
public struct TaskRows: Sendable {
    /// The task.
    public let task: TaskDescription
    /// What the outputs stand for.
    public let labels: TaskLabels
    /// The rows and their tokens.
    public let data: EncodedDataset

    /// Reads rows of files.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - task: what the rows mean.
    ///   - role: `evaluation` or `prediction`; rows to learn from do not keep their words.
    ///   - labels: what the outputs of the model stand for.
    ///   - tokenizer: the model's.
    ///   - maximumTokenCount: tokens of a sequence; nil for the task's own.
    ///   - policy: what happens to rows with a defect; nil as in `ExampleReader`.
    /// - Throws: `TrainingError.task`.
    public init(
        _ paths: [String], of task: TaskDescription, role: DataRole, labels: TaskLabels, tokenizer: BertTokenizer,
        maximumTokenCount: Int? = nil, policy: DataPolicy? = nil
    ) throws(TrainingError) {
        self.task = task
        self.labels = labels
        data = try onTask { () throws(TaskError) in
            let settings = try EncodingSettings(for: task, labels: labels, maximumTokenCount: maximumTokenCount)
            let encoder = try ExampleEncoder(
                task: task, labels: labels.rows, tokenizer: tokenizer, settings: settings)
            return try EncodedDataset(
                paths: paths, role: role, labels: labels.rows, encoder: encoder, policy: policy)
        }
    }

    /// What a model says of each row, in their order.
    ///
    /// *Shapes:* logits as of `TrainableModel.logits`: [B, labels]; multiple choice [B, 1]; tags [N, labels]; questions
    /// [N, 2].
    ///
    /// - Parameters:
    ///   - tokenBudget: tokens that go through the model together.
    ///   - isEnough: asked between pieces; once it is true, the answer is nil.
    ///   - progress: told how many tokens are done, and of how many.
    ///   - logits: the model.
    /// - Throws: `TrainingError.model`, `.task`.
    public func answers(
        tokenBudget: Int, isEnough: () -> Bool = { false }, progress: (Int, Int) -> Void = { _, _ in },
        logits: (SequenceBatch) throws(ModelError) -> Matrix
    ) throws(TrainingError) -> [RowAnswer]? {
        var answers = [RowAnswer](repeating: .none, count: data.rows.count)
        let (lengths, total) = (data.lengths, data.lengths.reduce(0, +))
        var done = 0
        // The number of an example leads to its row; windows of one row come in the order of their pieces.
        for numbers in MicroBatches.byLength(lengths: lengths, tokenBudget: tokenBudget) {
            guard !isEnough() else { return nil }
            let piece: MicroBatch
            let scores: Matrix
            do throws(ModelError) {
                piece = try MicroBatch(numbers, of: data.examples, keys: nil)
                scores = try logits(piece.batch)
            } catch {
                throw .model(error)
            }
            for (place, number) in numbers.enumerated() {
                let example = data.examples[number]
                let answer = try onTask { () throws(TaskError) in
                    try RowAnswer(
                        of: example, row: data.rows[example.example], task: task, labels: labels, scores: scores,
                        sequences: piece.firstSequences[place]..<piece.firstSequences[place + 1],
                        offsets: piece.batch.offsets)
                }
                answers[example.example] = answers[example.example].better(answer, window: number)
            }
            done += numbers.reduce(0) { $0 + lengths[$1] }
            progress(done, total)
        }
        return answers
    }
}
