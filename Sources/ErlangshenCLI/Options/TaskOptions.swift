import ArgumentParser
import ErlangshenTasks

/// Which task, and which of its files.
struct TaskOptions: ParsableArguments {
    @Option(help: "A task that is built in; `erlangshen tasks` lists them.")
    var task: String?

    @Option(help: ArgumentHelp("The folder of the task's files.", valueName: "dir"))
    var data = "."

    @Option(help: ArgumentHelp("A file to learn from, in the folder or a path; may be repeated.", valueName: "file"))
    var train: [String] = []

    @Option(help: ArgumentHelp("A file to make figures of; may be repeated.", valueName: "file"))
    var dev: [String] = []

    @Option(help: ArgumentHelp("Without --task: the field of the text.", valueName: "name"))
    var textField: String?

    @Option(help: ArgumentHelp("Without --task: the field of the second text.", valueName: "name"))
    var pairField: String?

    @Option(help: ArgumentHelp("Without --task: the field of the label.", valueName: "name"))
    var labelField: String?

    @Option(help: ArgumentHelp("Without --task: the field of a list of choices.", valueName: "name"))
    var choicesField: String?

    @Option(help: "Without --task: what is asked; questionAnswering takes files in the form of SQuAD.")
    var kind: TaskKind?

    @Option(help: ArgumentHelp("Without --task: the labels in their order; the training rows tell them when left out."))
    var labels: String?

    @Option(help: "What happens to a row that cannot be used.")
    var onDefect = DataPolicy.Defect.error

    func validate() throws {
        guard task == nil else {
            let own = [textField, pairField, labelField, choicesField, kind?.rawValue, labels]
            if own.contains(where: { $0 != nil }) {
                throw ValidationError("a task that is built in knows its fields; leave out --text-field and the like")
            }
            return
        }
        guard textField != nil || kind == .questionAnswering else {
            throw ValidationError("give --task NAME, or --text-field and --label-field for rows of your own")
        }
    }

    /// Refuses rows of one's own without files, for commands that learn from some and measure on others.
    func requireFiles() throws {
        guard task == nil, train.isEmpty || dev.isEmpty else { return }
        throw ValidationError("rows of your own need --train and --dev")
    }

    /// The task, built in or made of the fields.
    func description() throws(TaskError) -> TaskDescription {
        if let task { return try BuiltInTasks.named(task) }
        let kind = kind ?? .classification
        let fields = TaskFields(
            text: [textField ?? "text"], textPair: pairField.map { [$0] } ?? [], label: [labelField ?? "label"],
            choices: choicesField.map { [$0] } ?? [])
        let layout: RecordLayout =
            switch kind {
            case .tokenClassification: .taggedTokens
            case .questionAnswering: .squad
            case .classification, .softClassification, .regression, .multipleChoice: .flat
            }
        let file = "predictions.json"
        let submission: SubmissionFormat =
            switch kind {
            case .tokenClassification: .entityLines(fileName: file)
            case .questionAnswering: .answers(fileName: file)
            case .classification, .softClassification, .regression, .multipleChoice: .lines(fileName: file)
            }
        return try TaskDescription(
            name: "custom", title: "", kind: kind, layout: layout, fields: fields,
            labels: labels?.split(separator: ",").map(String.init),
            maximumTokenCount: kind == .questionAnswering ? 384 : 128,
            submission: submission)
    }

    /// The files of `task` to learn from.
    func trainPaths(of task: TaskDescription) throws(CommandFailure) -> [String] {
        try TaskFilePaths.resolve(train, else: task.files.train, in: data, option: "--train")
    }

    /// The files of `task` to make figures of.
    func devPaths(of task: TaskDescription) throws(CommandFailure) -> [String] {
        try TaskFilePaths.resolve(dev, else: task.files.dev, in: data, option: "--dev")
    }

    /// The policy for rows with a defect.
    var policy: DataPolicy {
        var policy = DataPolicy()
        (policy.brokenRow, policy.badField, policy.unknownLabel) = (onDefect, onDefect, onDefect)
        policy.emptyText = onDefect == .drop ? .drop : .error
        policy.misplacedAnswer = onDefect
        return policy
    }
}
