import ArgumentParser
import ErlangshenJSON
import ErlangshenTasks

/// `erlangshen tasks`.
struct Tasks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the tasks that are built in. 内置任务。",
        discussion: """
            EXAMPLES
              erlangshen tasks
              erlangshen tasks --json | jq -r '.[].name'

            Columns: name, kind, labels, tokens of a sequence, figure, file to submit, description.

            中文:列出内置的 CLUE 任务及其标签数、默认长度、指标与提交文件名。
            """)

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(JSONValue.array(BuiltInTasks.all.map(Self.json)).serialized(pretty: true))
        } else {
            for task in BuiltInTasks.all {
                let columns = [
                    task.name, task.kind.rawValue, task.labels.map { "\($0.count)" } ?? "-",
                    "\(task.maximumTokenCount)", task.metric.rawValue, task.submission?.fileName ?? "-", task.title,
                ]
                try standardOutput.line(columns.map(\.printable).joined(separator: "\t"))
            }
        }
        try standardOutput.flush()
    }

    private static func json(_ task: TaskDescription) -> JSONValue {
        let files = { (names: [String]) in JSONValue.array(names.map(JSONValue.string)) }
        return [
            "name": .string(task.name), "title": .string(task.title), "kind": .string(task.kind.rawValue),
            "labels": task.labels.map { files($0) } ?? .null,
            "max_length": .integer(Int64(task.maximumTokenCount)), "metric": .string(task.metric.rawValue),
            "files": ["train": files(task.files.train), "dev": files(task.files.dev), "test": files(task.files.test)],
            "submission": task.submission.map { .string($0.fileName) } ?? .null,
        ]
    }
}
