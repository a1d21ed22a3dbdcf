/// The name and the form of the file that a benchmark takes.
public enum SubmissionFormat: Sendable, Equatable {
    /// `{"id": 0, "label": "1"}` a line, in the order of the test file.
    case lines(fileName: String)
    /// `{"id": 0, "label": {"type": {"words": [[first, last]]}}}` a line, as CLUENER has it.
    case entityLines(fileName: String)
    /// One object `{"id of the question": "answer"}`, as CMRC 2018 has it.
    case answers(fileName: String)

    /// The name that the benchmark asks for.
    public var fileName: String {
        switch self {
        case .lines(let name), .entityLines(let name), .answers(let name): name
        }
    }
}
