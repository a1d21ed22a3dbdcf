public import ErlangshenTasks

/// What the outputs of a model for a task stand for.
public struct TaskLabels: Sendable, Equatable {
    /// Names of the outputs by number: labels, or tags of tokens; nil for numbers, answers and choices.
    public let outputs: LabelMap?
    /// The labels that rows carry, types of entities instead of tags; nil for tasks without.
    public let rows: LabelMap?
    /// Marks of entities.
    public let scheme: TagScheme

    /// Those of a task that is to be learnt: its own, else those of the training rows as they first appear.
    ///
    /// - Throws: `TrainingError.task`.
    public init(learning task: TaskDescription, paths: [String], scheme: TagScheme = .bio) throws(TrainingError) {
        let found = try onTask { () throws(TaskError) in try LabelCollector.labelMap(of: task, paths: paths) }
        self.scheme = scheme
        rows = found
        guard task.kind == .tokenClassification, let found else {
            outputs = found
            return
        }
        outputs = try onTask { () throws(TaskError) in try LabelMap(labels: scheme.tags(types: found.labels)) }
    }

    /// Those that a model was trained with, from the names in its configuration.
    ///
    /// - Throws: `TrainingError.task` for names that make no label map, or tags without a type.
    public init(trained names: [String], for task: TaskDescription) throws(TrainingError) {
        guard task.hasLabelMap else {
            (outputs, rows, scheme) = (nil, nil, .bio)
            return
        }
        let map = try onTask { () throws(TaskError) in try LabelMap(labels: names) }
        outputs = map
        guard task.kind == .tokenClassification else {
            (rows, scheme) = (map, .bio)
            return
        }
        var types: [String] = []
        for name in names where name.utf8.dropFirst().first == UInt8(ascii: "-") {
            let type = String(name.dropFirst(2))
            if !types.contains(type) { types.append(type) }
        }
        rows = try onTask { () throws(TaskError) in try LabelMap(labels: types) }
        let marks = Set(names.compactMap(\.first))
        scheme = !marks.contains("S") ? .bio : marks.contains("M") ? .bmes : .bioes
    }

    /// Outputs that a classifier of the task needs.
    public func outputCount(of kind: TaskKind) -> Int {
        switch kind {
        case .classification, .softClassification, .tokenClassification: outputs?.count ?? 0
        case .regression, .multipleChoice: 1
        case .questionAnswering: 2
        }
    }
}
