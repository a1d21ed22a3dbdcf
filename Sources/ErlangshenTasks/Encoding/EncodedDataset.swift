/// The examples of some files as tokens, with what was left out on the way.
///
/// Rows are read one at a time; what stays in memory is four bytes for each id and type, and for evaluation the rows
/// themselves, as answers and submissions need their names and words.
public struct EncodedDataset: Sendable {
    /// Sequences in the order of the files; windows of one example follow each other.
    public let examples: [EncodedExample]
    /// The rows, by `EncodedExample.example`; empty for training.
    public let rows: [Example]
    /// What reading each file cost, in the order of the paths.
    public let reports: [DataReport]
    /// What encoding cost.
    public let encoding: EncodingReport

    /// Reads and encodes files one after the other.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - role: what they are for; decides which targets are needed and whether rows are kept.
    ///   - labels: the label map, types of entities for token classification; nil for tasks without.
    ///   - encoder: makes the tokens and knows the task; its report should be fresh.
    ///   - policy: what happens to rows with a defect; nil as in `ExampleReader`.
    /// - Throws: `data` for a problem that the policy stops at, `unreadable`, `tokenizer`; `noExamples` when nothing
    ///   is left.
    public init(
        paths: [String], role: DataRole, labels: LabelMap?, encoder: ExampleEncoder, policy: DataPolicy? = nil
    ) throws(TaskError) {
        var encoder = encoder
        var examples: [EncodedExample] = []
        var rows: [Example] = []
        var reports: [DataReport] = []
        for path in paths {
            var reader = try ExampleReader(
                path: path, task: encoder.task, labels: labels, role: role, policy: policy)
            while let row = try reader.next() {
                examples += try encoder.encode(row)
                if role != .training { rows.append(row) }
            }
            reports.append(reader.report)
        }
        guard !examples.isEmpty else { throw .noExamples(path: paths.first ?? encoder.task.name) }
        self.examples = examples
        self.rows = rows
        self.reports = reports
        encoding = encoder.report
    }

    /// Tokens of each example: what `TrainingOrder` and `MicroBatches` go by.
    public var lengths: [Int] { examples.map(\.tokenCount) }
}
