public import ErlangshenCheckpoint
import ErlangshenJSON
public import ErlangshenTokenizer

/// What keeps data from becoming examples, batches, figures or a submission.
public enum TaskError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file cannot be opened or read; `code` is the `errno` of the system.
    case unreadable(path: String, code: Int32)
    /// Something other than a file stands where a file is needed.
    case notAFile(path: String)
    /// A row is not what the task says, and the policy is to stop at it.
    case data(DataProblem)
    /// A file has no row that can be used.
    case noExamples(path: String)
    /// There is no built-in task of this name.
    case unknownTask(name: String, known: [String])
    /// The description of a task contradicts itself.
    case invalidTask(name: String, reason: String)
    /// A list of labels cannot be a label map.
    case invalidLabels(reason: String)
    /// A number that has to be larger, or smaller.
    case invalidSetting(name: String, value: Int, expected: String)
    /// Two lists that belong together have different lengths.
    case unequalCounts(what: String, expected: Int, found: Int)
    /// A value that no figure can be made of.
    case notMeasurable(reason: String)
    /// Predictions that do not make a submission of the task.
    case submission(task: String, reason: String)
    /// A text cannot be encoded.
    case tokenizer(TokenizerError)
    /// A file cannot be written.
    case writing(CheckpointError)

    /// What is wrong, and what to do next.
    public var description: String {
        switch self {
        case .unreadable(let path, let code):
            "cannot read \(path.quoted(limit: 400)): \(SystemText.message(for: code)); check the path and its rights"
        case .notAFile(let path): "\(path.quoted(limit: 400)) is not a file; give a file of rows (.json, .tsv, .csv)"
        case .data(let problem): problem.description
        case .noExamples(let path):
            "\(path.quoted(limit: 400)) has no row that can be used; check the task and the names of its fields"
        case .unknownTask(let name, let known):
            "there is no task \(name.quoted()); known are \(known.joined(separator: ", "))"
        case .invalidTask(let name, let reason): "task \(name.quoted()): \(reason)"
        case .invalidLabels(let reason): "the labels make no label map: \(reason)"
        case .invalidSetting(let name, let value, let expected): "\(name) is \(value); it has to be \(expected)"
        case .unequalCounts(let what, let expected, let found):
            "\(what): \(found) where \(expected) are needed; both lists have to be of the same rows"
        case .notMeasurable(let reason): "no figure can be made: \(reason)"
        case .submission(let task, let reason): "no submission for \(task): \(reason)"
        case .tokenizer(let error): error.description
        case .writing(let error): error.description
        }
    }
}
