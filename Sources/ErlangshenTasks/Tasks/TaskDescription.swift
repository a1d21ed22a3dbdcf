import ErlangshenJSON

/// All that is known of a task before its data is opened.
public struct TaskDescription: Sendable, Equatable {
    /// The name on the command line, lower case.
    public var name: String
    /// What it is about, in one line.
    public var title: String
    /// What is asked.
    public var kind: TaskKind
    /// How a row is laid out.
    public var layout: RecordLayout
    /// The names of the fields.
    public var fields: TaskFields
    /// The labels in their order, the types of entities for token classification; nil when the data tells them.
    public var labels: [String]?
    /// The files.
    public var files: TaskFiles
    /// Tokens of a sequence, special ones included, unless told otherwise.
    public var maximumTokenCount: Int
    /// The figure that runs are compared by.
    public var metric: TaskMetric
    /// The name and form of the file to submit; nil when there is nowhere to submit to.
    public var submission: SubmissionFormat?

    /// A task from its parts.
    ///
    /// - Throws: `invalidTask` for parts that contradict each other, `invalidLabels`.
    public init(
        name: String, title: String, kind: TaskKind, layout: RecordLayout = .flat, fields: TaskFields = TaskFields(),
        labels: [String]? = nil, files: TaskFiles = TaskFiles(), maximumTokenCount: Int = 128,
        metric: TaskMetric? = nil, submission: SubmissionFormat? = nil
    ) throws(TaskError) {
        self.init(
            known: name, title, kind, layout, fields, labels, files, maximumTokenCount,
            metric ?? Self.usualMetric(of: kind), submission)
        if let reason = contradiction { throw .invalidTask(name: name, reason: reason) }
        if let labels { _ = try LabelMap(labels: labels) }
    }

    /// A task whose parts are known to agree; `BuiltInTasksTests` holds each of them to `contradiction`.
    init(
        known name: String, _ title: String, _ kind: TaskKind, _ layout: RecordLayout, _ fields: TaskFields,
        _ labels: [String]?, _ files: TaskFiles, _ maximumTokenCount: Int, _ metric: TaskMetric,
        _ submission: SubmissionFormat?
    ) {
        self.name = name
        self.title = title
        self.kind = kind
        self.layout = layout
        self.fields = fields
        self.labels = labels
        self.files = files
        self.maximumTokenCount = maximumTokenCount
        self.metric = metric
        self.submission = submission
    }

    /// Whether an example has two texts.
    public var isPair: Bool { kind == .questionAnswering || layout == .dialogue || !fields.textPair.isEmpty }

    /// Whether examples carry an index into a label map.
    public var hasLabelMap: Bool {
        kind == .classification || kind == .softClassification || kind == .tokenClassification
    }

    /// What its parts disagree about; nil when they agree.
    var contradiction: String? {
        let needsLayout: [RecordLayout] =
            switch kind {
            case .classification: [.flat, .winograd]
            case .softClassification, .regression: [.flat]
            case .tokenClassification: [.entities, .taggedTokens]
            case .questionAnswering: [.squad]
            case .multipleChoice: [.flat, .dialogue]
            }
        guard needsLayout.contains(layout) else {
            return "the layout \(layout.rawValue) has no rows for \(kind.rawValue)"
        }
        if fields.text.isEmpty, !layout.isDocument { return "no field for the text is named" }
        if kind == .multipleChoice, layout == .flat, fields.choices.isEmpty {
            return "no field for the choices is named"
        }
        if !hasLabelMap, labels != nil { return "\(kind.rawValue) has no labels" }
        if kind == .softClassification, labels == nil { return "probabilities need the list of labels they stand for" }
        if maximumTokenCount < 8 { return "a sequence of \(maximumTokenCount) tokens holds no text" }
        return nil
    }

    private static func usualMetric(of kind: TaskKind) -> TaskMetric {
        switch kind {
        case .classification, .multipleChoice: .accuracy
        case .softClassification: .crossEntropy
        case .regression: .spearman
        case .tokenClassification: .entityF1
        case .questionAnswering: .exactMatchAndF1
        }
    }
}
