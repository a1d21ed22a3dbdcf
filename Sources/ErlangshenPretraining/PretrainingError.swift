import ErlangshenJSON
public import ErlangshenTraining

/// What keeps a pretraining run from starting or going on.
public enum PretrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A configuration file that is no YAML, or none of the expected form.
    case configuration(path: String, line: Int?, reason: String)
    /// A key that no setting has.
    case unknownKey(String, nearest: String, path: String)
    /// A value that a setting does not take.
    case invalidValue(key: String, value: String, expected: String)
    /// Corpora without any sample.
    case noSamples([String])
    /// A corpus that cannot be read, or does not fit the vocabulary.
    case corpus(String)
    /// The run, its states or its model.
    case training(TrainingError)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .configuration(let path, let line, let reason):
            "\(path.quoted(limit: 4_096))\(line.map { ", line \($0)" } ?? ""): \(reason)"
        case .unknownKey(let key, let nearest, let path):
            "\(path.quoted(limit: 4_096)) has \(key.quoted()), which no setting is called; did you mean \(nearest)?"
        case .invalidValue(let key, let value, let expected): "\(key) is \(value); it should be \(expected)"
        case .noSamples(let names):
            "there is nothing to learn from in \(names.prefix(8).joined(separator: ", ")): no sample is left"
        case .corpus(let reason): reason
        case .training(let error): error.description
        }
    }
}

/// Runs training code inside pretraining code, keeping errors typed.
func onTraining<Result>(_ body: () throws(TrainingError) -> Result) throws(PretrainingError) -> Result {
    do { return try body() } catch { throw .training(error) }
}
