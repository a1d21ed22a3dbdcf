import ErlangshenJSON

/// Reads the examples of a task from a file, one at a time, in the memory of one row.
///
/// What is wrong with a row is judged by a `DataPolicy` and counted in `report`; every message begins with `file:line`.
public struct ExampleReader {
    /// The task that says what rows mean.
    public let task: TaskDescription
    /// What was read so far.
    public private(set) var report = DataReport()
    private let policy: DataPolicy
    private let mapper: RecordMapper
    private var source: any RecordSource
    private var waiting: [Result<Example, DataProblem>] = []

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the file; `.csv` and `.tsv` are read as such unless `format` says otherwise.
    ///   - task: what the rows mean.
    ///   - labels: the map that labels are looked up in; nil for tasks without labels and for prediction.
    ///   - role: what the rows are for.
    ///   - policy: what happens to rows with a problem; stops at each when predicting, drops `-` else.
    ///   - format: how rows stand in the file; of no account to layouts that are one document.
    /// - Throws: `unreadable`, `notAFile`; `invalidTask` when labels are needed and not given.
    public init(
        path: String, task: TaskDescription, labels: LabelMap?, role: DataRole, policy: DataPolicy? = nil,
        format: RecordFormat? = nil
    ) throws(TaskError) {
        if labels == nil, role != .prediction, task.kind == .classification || task.kind == .softClassification {
            throw .invalidTask(name: task.name, reason: "a label map is needed to read labels")
        }
        self.task = task
        self.policy = policy ?? (role == .prediction ? .prediction : DataPolicy())
        mapper = RecordMapper(task: task, labels: labels, role: role)
        source = try Self.source(path, task.layout, format ?? RecordFormat(path: path))
    }

    /// The next example that can be used, nil after the last.
    ///
    /// - Throws: `data` for a problem that the policy stops at, `unreadable`.
    public mutating func next() throws(TaskError) -> Example? {
        while true {
            if let outcome = waiting.popLast() {
                guard let example = try judge(outcome) else { continue }
                report.exampleCount += 1
                return example
            }
            switch try source.next() {
            case nil: return nil
            case .broken(let problem): _ = try report.judge(problem, by: policy)
            case .record(let record): waiting = mapper.examples(of: record).reversed()
            }
        }
    }

    /// All examples at once, for files that fit into memory.
    ///
    /// - Throws: as `next`.
    public mutating func readAll() throws(TaskError) -> [Example] {
        var examples: [Example] = []
        while let example = try next() { examples.append(example) }
        return examples
    }

    /// The example, unless the policy drops it.
    private mutating func judge(_ outcome: Result<Example, DataProblem>) throws(TaskError) -> Example? {
        let example: Example
        switch outcome {
        case .failure(let problem):
            // A row that could not be read cannot be kept either, whatever the policy on its kind says.
            _ = try report.judge(problem, by: policy)
            return nil
        case .success(let made): example = made
        }
        if let problem = Self.emptyText(of: example), try report.judge(problem, by: policy) { return nil }
        if mapper.role == .training, let problem = Self.misplacedAnswer(of: example),
            try report.judge(problem, by: policy)
        {
            return nil
        }
        return example
    }

    private static func emptyText(of example: Example) -> DataProblem? {
        guard isBlank(example.text) || example.textPair.map(isBlank) == true else { return nil }
        return DataProblem(.emptyText, at: example.location, "a text is empty")
    }

    private static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    private static func misplacedAnswer(of example: Example) -> DataProblem? {
        guard case .answers(let answers) = example.target, answers.allSatisfy({ $0.start == nil }) else { return nil }
        let name = example.id?.stringValue ?? ""
        let words = answers.first?.text ?? ""
        let reason = "question \(name.quoted()): \(words.quoted()) does not stand where answer_start says"
        return DataProblem(.misplacedAnswer, at: example.location, reason)
    }

    private static func source(
        _ path: String, _ layout: RecordLayout, _ format: RecordFormat
    ) throws(TaskError) -> any RecordSource {
        switch layout {
        case .squad: return try JSONArraySource(path: path, key: "data")
        case .dialogue: return try JSONArraySource(path: path, key: nil)
        case .flat, .winograd, .entities, .taggedTokens:
            switch format {
            case .jsonLines: return try JSONLinesSource(path: path)
            case .csv: return try DelimitedSource(path: path, isQuoted: true)
            case .tsv: return try DelimitedSource(path: path, isQuoted: false)
            }
        }
    }
}
