public import ErlangshenTokenizer

/// Makes sequences of tokens out of examples.
public struct ExampleEncoder {
    /// What was done so far.
    public internal(set) var report = EncodingReport()
    /// The tags by number for token classification, as `labels` of the checkpoint; nil for other tasks.
    public let tags: LabelMap?
    let task: TaskDescription
    let tokenizer: BertTokenizer
    let settings: EncodingSettings
    private var exampleCount = 0

    /// An encoder of a task.
    ///
    /// - Parameters:
    ///   - task: what the examples are.
    ///   - labels: the task's labels, types of entities for token classification.
    ///   - tokenizer: the tokenizer of the model.
    ///   - settings: lengths and marks.
    /// - Throws: `invalidTask` when types of entities are needed and not given; `invalidLabels`.
    public init(
        task: TaskDescription, labels: LabelMap?, tokenizer: BertTokenizer, settings: EncodingSettings
    ) throws(TaskError) {
        self.task = task
        self.tokenizer = tokenizer
        self.settings = settings
        if task.kind == .tokenClassification {
            guard let labels else { throw .invalidTask(name: task.name, reason: "the types of entities are needed") }
            tags = try LabelMap(labels: settings.scheme.tags(types: labels.labels))
        } else {
            tags = nil
        }
    }

    /// The sequences of the next example: one, several windows of a long passage, or none when it was dropped.
    ///
    /// - Throws: `data` for an overlong example that the policy stops at, `tokenizer`.
    public mutating func encode(_ example: Example) throws(TaskError) -> [EncodedExample] {
        let number = exampleCount
        exampleCount += 1
        let encoded: [EncodedExample]
        switch task.kind {
        case .questionAnswering: encoded = try windows(of: example, number)
        case .multipleChoice: encoded = try choices(of: example, number)
        case .tokenClassification: encoded = try tagged(example, number)
        case .classification, .softClassification, .regression: encoded = try whole(example, number)
        }
        for part in encoded {
            report.sequenceCount += part.sequences.count
            report.tokenCount += part.tokenCount
        }
        return encoded
    }

    private mutating func whole(_ example: Example, _ number: Int) throws(TaskError) -> [EncodedExample] {
        let encoding = try encoding(example.text, example.textPair)
        guard try fits(encoding.cutTokenCount, example) else { return [] }
        let sequence = EncodedSequence(ids: encoding.ids, typeIds: encoding.tokenTypeIds)
        let target: EncodedTarget =
            switch example.target {
            case .label(let label): .label(Int32(label))
            case .distribution(let shares): .distribution(shares.map { Float($0) })
            case .value(let value): .value(Float(value))
            case .none, .entities, .answers: .none
            }
        return [EncodedExample(example: number, sequences: [sequence], target: target)]
    }

    /// One text or two, cut to the length of the settings at the longer text's end.
    func encoding(_ text: String, _ pair: String?) throws(TaskError) -> Encoding {
        do {
            return try tokenizer.encode(
                text, pair: pair, truncation: .longestFirst, maxLength: settings.maximumTokenCount)
        } catch {
            throw .tokenizer(error)
        }
    }

    /// A text without special tokens around it.
    func bare(_ text: String) throws(TaskError) -> Encoding {
        do { return try tokenizer.encode(text, addSpecialTokens: false) } catch { throw .tokenizer(error) }
    }

    /// Judges an example of which `cutCount` tokens do not fit: false when it is dropped.
    mutating func fits(_ cutCount: Int, _ example: Example) throws(TaskError) -> Bool {
        guard cutCount > 0 else { return true }
        let reason = "\(cutCount) tokens more than the \(settings.maximumTokenCount) of a sequence"
        let problem = DataProblem(.overlong, at: example.location, reason)
        if settings.overlong == .error { throw .data(problem) }
        report.overlong.add(problem, isDropped: settings.overlong == .drop)
        guard settings.overlong == .truncate else { return false }
        report.truncatedCount += 1
        report.cutTokenCount += cutCount
        return true
    }
}
