public import ErlangshenCheckpoint
import ErlangshenJSON
public import ErlangshenModel
public import ErlangshenParallel
public import ErlangshenTasks
public import ErlangshenTokenizer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What keeps a run from starting, going on, being saved or being taken up again.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A number of a plan that makes no sense.
    case invalidSetting(_ name: String, _ value: String, expected: String)
    /// Two parameters of one name.
    case duplicateParameter(String)
    /// A frozen prefix that no parameter has.
    case unmatchedPrefix(String)
    /// Gradients that are not finite, so many steps in a row.
    case diverged(step: Int, skippedInARow: Int)
    /// The system refused something.
    case system(operation: String, path: String, code: Int32)
    /// No room to save into; what was saved before is as it was.
    case diskFull(path: String, neededBytes: Int, availableBytes: Int?)
    /// Another process trains into the folder.
    case inUse(path: String)
    /// The weights or moments of a state cannot be read or written.
    case checkpoint(CheckpointError)
    /// What stands where a state should be is none.
    case damaged(path: String, StateFault)
    /// There are saved states, and none is valid.
    case noValidState(folder: String, rejected: [RejectedState])
    /// The saved run had another configuration.
    case configurationChanged(path: String, keys: [String])
    /// A metrics file that cannot be read.
    case unreadable(path: String, StateFault)
    /// A line of a metrics file that is none.
    case metrics(path: String, line: Int, reason: String)
    /// A metrics file that does not have the metric asked for; `found` is what it has.
    case noSuchMetric(String, path: String, found: [String])
    /// The model cannot be loaded or run.
    case model(ModelError)
    /// The data, figures or predictions of the task are at fault.
    case task(TaskError)
    /// The tokenizer of the model cannot be loaded.
    case tokenizer(TokenizerError)
    /// A new run into a folder that holds the states of another.
    case alreadyStarted(folder: String)
    /// A file of a run that is not what it should be.
    case invalidFile(path: String, reason: String)
    /// The ranks of a run lost each other, or do not fit together.
    case ranks(ParallelError)
    /// The samples of an update cannot be made.
    case samples(String)
    /// A value that cannot be written down.
    case notFinite(name: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let expected): "\(name) is \(value); it should be \(expected)"
        case .duplicateParameter(let name): "parameter \(name.quoted()) comes twice"
        case .unmatchedPrefix(let prefix): "no parameter begins with \(prefix.quoted()); nothing would be frozen by it"
        case .diverged(let step, let count):
            "the gradients of \(count) steps in a row, up to step \(step), are not finite; "
                + "take a smaller learning rate, a longer warm-up or fp32, and resume from an earlier state"
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path.shownPath): \(strerror(code).map { String(cString: $0) } ?? "error \(code)")"
        case .diskFull(let path, let needed, let available):
            "no room for \(path.shownPath): it needs \(needed) bytes"
                + (available.map { " and \($0) are free" } ?? "") + "; the state saved before is intact. "
                + "Free some space, or keep fewer states"
        case .inUse(let path): "\(path.shownPath) is in use by another process that trains; choose another folder"
        case .checkpoint(let error): error.description
        case .damaged(let path, let fault): "\(path.shownPath) is no valid state: \(fault)"
        case .noValidState(let folder, let rejected):
            "\(folder.shownPath) has no valid state to resume from: "
                + rejected.map(\.description).joined(separator: "; ")
        case .configurationChanged(let path, let keys):
            "\(path.shownPath) was saved with another configuration: \(keys.joined(separator: ", ")) differ; "
                + "resume with the same, or start anew in another folder"
        case .unreadable(let path, let fault): "cannot read \(path.shownPath): \(fault)"
        case .metrics(let path, let line, let reason): "line \(line) of \(path.shownPath) is no metric: \(reason)"
        case .noSuchMetric(let name, let path, let found):
            "\(path.shownPath) has no numbers of \(name.quoted()); "
                + (found.isEmpty
                    ? "it is empty" : "it has \(found.prefix(20).map { $0.quoted() }.joined(separator: ", "))")
        case .model(let error): error.description
        case .task(let error): error.description
        case .tokenizer(let error): error.description
        case .alreadyStarted(let folder):
            "\(folder.shownPath) holds the states of a run; go on with --resume, or choose another folder"
        case .invalidFile(let path, let reason): "\(path.shownPath): \(reason)"
        case .ranks(let error): error.description
        case .samples(let reason): reason
        case .notFinite(let name): "\(name) is not a finite number and cannot be saved"
        }
    }
}

extension String {
    /// A path for an error message: as it is when plain, quoted when it holds something a terminal would obey.
    var shownPath: String { quoted(limit: 4_096).dropFirst().dropLast() == self ? self : quoted(limit: 4_096) }
}
