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

    @Option(help: "What happens to a row that cannot be used.")
    var onDefect = DataPolicy.Defect.error

    func validate() throws {
        guard task == nil else {
            if textField != nil || pairField != nil || labelField != nil {
                throw ValidationError("a task that is built in knows its fields; leave out --text-field and the like")
            }
            return
        }
        guard textField != nil else {
            throw ValidationError("give --task NAME, or --text-field and --label-field for rows of your own")
        }
        if train.isEmpty || dev.isEmpty { throw ValidationError("rows of your own need --train and --dev") }
    }

    /// The task, built in or made of the fields.
    func description() throws(TaskError) -> TaskDescription {
        if let task { return try BuiltInTasks.named(task) }
        let fields = TaskFields(
            text: [textField ?? "text"], textPair: pairField.map { [$0] } ?? [], label: [labelField ?? "label"])
        return try TaskDescription(name: "custom", title: "", kind: .classification, fields: fields)
    }

    /// The paths of `given` names, or else of the task's own.
    func paths(_ given: [String], else names: [String]) -> [String] {
        (given.isEmpty ? names : given).map { name in
            name.contains("/") || data == "." ? name : data.hasSuffix("/") ? data + name : data + "/" + name
        }
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
