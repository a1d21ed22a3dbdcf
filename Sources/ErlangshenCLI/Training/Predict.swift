import ArgumentParser
import ErlangshenTasks
import ErlangshenTraining

/// `erlangshen predict`.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Predict a task's test rows and write the file to submit. 预测测试集并生成提交文件。",
        discussion: """
            EXAMPLES
              erlangshen predict --task ocnli --data clue/ocnli --model runs/ocnli --output submission
              erlangshen predict --task tnews --data clue/tnews --model runs/tnews --output submission --zip
              erlangshen predict --text-field text --test c.csv --model runs/a --output predictions

            The file has the name and the form of CLUE 1.1; rows of your own give predictions.json, a line {"id", "label"} \
            each. --zip writes an archive of that one file beside it, NAME.zip.

            中文:按 CLUE 1.1 的格式写出提交文件,--zip 时另写压缩包。
            """)

    @OptionGroup(title: "Data Options") var data: TaskOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    @Option(help: ArgumentHelp("A file to predict; may be repeated.", valueName: "file"))
    var test: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to write into.", valueName: "dir"), completion: .directory)
    var output: String

    @Flag(help: "Write an archive of the file too.")
    var zip = false

    @Option(help: ArgumentHelp("Tokens of a sequence; the task's own when left out.", valueName: "n"))
    var maxLength: Int?

    @Option(help: ArgumentHelp("Tokens that go through the model together.", valueName: "n"))
    var pieceTokens = 2_048

    func validate() throws {
        if data.task == nil, test.isEmpty { throw ValidationError("rows of your own need --test") }
        guard (1...1 << 24).contains(pieceTokens) else {
            throw ValidationError("--piece-tokens is \(pieceTokens); it takes a number from 1 to \(1 << 24)")
        }
    }

    func run() throws {
        let task = try data.description()
        let (rows, answers) = try TaskAnswers(
            data: data, model: model, output: talkOptions, maxLength: maxLength, pieceTokens: pieceTokens
        ).make(
            task, paths: try TaskFilePaths.resolve(test, else: task.files.test, in: data.data, option: "--test"),
            role: .prediction, command: "predict")
        let predictions = answers.indices.compactMap {
            answers[$0].prediction(of: rows.data.rows[$0], labels: rows.labels, kind: task.kind)
        }
        try RunFolder.make(output)
        let path = try SubmissionWriter.write(predictions, of: task, toFolder: output)
        var written = [path]
        if zip, let name = task.submission?.fileName {
            let archive = path.hasSuffix(".json") ? String(path.dropLast(5)) + ".zip" : path + ".zip"
            let contents = try SubmissionWriter.contents(predictions, of: task)
            try SubmissionWriter.writeArchive([(name: name, contents: contents)], path: archive)
            written.append(archive)
        }
        let standardOutput = StandardOutput()
        for path in written { try standardOutput.line(path.printable) }
        try standardOutput.flush()
        Talk(isQuiet: talkOptions.quiet).once("note: \(predictions.count) of \(answers.count) rows predicted")
    }
}
