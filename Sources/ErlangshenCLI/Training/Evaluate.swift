import ArgumentParser
import ErlangshenCompute
import ErlangshenTasks
import ErlangshenTraining

/// `erlangshen evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a fine-tuned model on a task. 评测微调后的模型。",
        discussion: """
            EXAMPLES
              erlangshen evaluate --task ocnli --data clue/ocnli --model runs/ocnli
              erlangshen evaluate --task ocnli --data clue/ocnli --model runs/ocnli --precision bf16 --json
              erlangshen evaluate --text-field text --label-field star --dev b.csv --model runs/a

            Lines: a figure and its value; "label", its name, precision, recall, F1 and rows; "confused", the right \
            label, the predicted one and how often (the twenty commonest, all of them with --json).

            中文:在开发集上给出各项指标、各类别得分与混淆情况。
            """)

    @OptionGroup(title: "Data Options") var data: TaskOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: ArgumentHelp("Tokens of a sequence; the task's own when left out.", valueName: "n"))
    var maxLength: Int?

    @Option(help: ArgumentHelp("Tokens that go through the model together.", valueName: "n"))
    var pieceTokens = 2_048

    func validate() throws {
        if data.task == nil, data.dev.isEmpty { throw ValidationError("rows of your own need --dev") }
        guard (1...1 << 24).contains(pieceTokens) else {
            throw ValidationError("--piece-tokens is \(pieceTokens); it takes a number from 1 to \(1 << 24)")
        }
    }

    func run() throws {
        let task = try data.description()
        let (rows, answers) = try TaskAnswers(
            data: data, model: model, output: output, maxLength: maxLength, pieceTokens: pieceTokens
        ).make(task, paths: try data.devPaths(of: task), role: .evaluation, command: "evaluate")
        try EvaluationReply(try rows.evaluation(of: answers)).write(isJSON: output.json)
    }
}

/// What a model says of the rows of files, with remarks on the way.
struct TaskAnswers {
    let data: TaskOptions
    let model: ModelOptions
    let output: OutputOptions
    let maxLength: Int?
    let pieceTokens: Int

    /// The files are looked for when the model is known to be one.
    func make(
        _ task: TaskDescription, paths: @autoclosure () throws -> [String], role: DataRole, command: String
    ) throws -> (rows: TaskRows, answers: [RowAnswer]) {
        let talk = Talk(isQuiet: output.quiet)
        let device = try model.device()
        let directory = try model.directory(neededBy: command)
        let loaded = try TaskModel(
            directory: directory, task: task, device: device,
            precision: try model.precision(of: directory, on: device, talk))
        let paths = try paths()
        let policy = role == .evaluation ? data.policy : nil
        let rows = try TaskRows(
            paths, of: task, role: role, labels: loaded.labels, tokenizer: loaded.tokenizer,
            maximumTokenCount: maxLength, policy: policy)
        let left = rows.data.reports.reduce(0) { $0 + $1.droppedCount }
        if left > 0 { talk.once("note: \(left) rows left out") }
        if rows.data.encoding.truncatedCount > 0 {
            talk.once("note: \(rows.data.encoding.truncatedCount) rows lose tokens to the maximum length")
        }
        let progress = Progress(isQuiet: output.quiet)
        progress.begin(totalBytes: rows.data.lengths.reduce(0, +))
        var done = 0
        let answers = try rows.answers(
            tokenBudget: pieceTokens,
            progress: { tokens, total in
                progress.advance(lines: rows.data.rows.count * (tokens - done) / max(1, total), bytes: tokens - done)
                done = tokens
            }, logits: loaded.logits)
        progress.finish()
        return (rows, answers ?? [])
    }
}
