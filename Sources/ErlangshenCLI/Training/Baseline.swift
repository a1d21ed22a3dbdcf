import ArgumentParser
import ErlangshenJSON
import ErlangshenTasks

/// `erlangshen baseline`.
struct Baseline: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a bag of characters on a task and evaluate it: what a model has to beat. 字符袋基线。",
        discussion: """
            Characters and pairs of neighbouring characters under a multinomial logistic regression. The same seed \
            gives the same figures.

            EXAMPLES
              erlangshen baseline --task tnews --data clue/tnews
              erlangshen baseline --task ocnli --data clue/ocnli --train train.10k.json --json
              erlangshen baseline --text-field text --label-field star --train a.csv --dev b.csv

            中文:用字与二元字组训练逻辑回归基线,给出准确率与多数类准确率。
            """)

    @OptionGroup(title: "Data Options") var data: TaskOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: "Passes over the training rows.")
    var epochs = 10

    @Option(help: "Strength of the pull of the weights towards zero.")
    var l2: Float = CharacterBaseline.Settings().l2

    @Option(help: "Seed of the order of rows.")
    var seed: UInt64 = 42

    func validate() throws {
        try data.requireFiles()
        guard l2.isFinite, (0...1).contains(l2) else { throw ValidationError("--l2 is \(l2); give 0 to 1") }
    }

    func run() throws {
        let task = try data.description()
        guard task.kind == .classification else {
            throw TaskError.invalidTask(name: task.name, reason: "the baseline predicts one label of a text or a pair")
        }
        let trainPaths = try data.trainPaths(of: task)
        guard let labels = try LabelCollector.labelMap(of: task, paths: trainPaths) else {
            throw TaskError.invalidTask(name: task.name, reason: "there are no labels")
        }
        let training = try read(trainPaths, task, labels, .training)
        let dev = try read(data.devPaths(of: task), task, labels, .evaluation)
        var settings = CharacterBaseline.Settings()
        (settings.epochCount, settings.l2, settings.seed) = (epochs, l2, seed)
        let start = ContinuousClock.now
        let baseline = try CharacterBaseline(training: training.examples, labelCount: labels.count, settings: settings)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let reply = BaselineReply(
            task: task, labels: labels, trainingReports: training.reports, devReports: dev.reports,
            featureCount: baseline.featureCount, settings: settings, matrix: try baseline.evaluate(dev.examples),
            seconds: seconds)
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(reply.json.serialized(pretty: true))
        } else {
            for line in reply.lines { try standardOutput.line(line) }
        }
        try standardOutput.flush()
    }

    private func read(
        _ paths: [String], _ task: TaskDescription, _ labels: LabelMap, _ role: DataRole
    ) throws(TaskError) -> (examples: [Example], reports: [DataReport]) {
        var examples: [Example] = []
        var reports: [DataReport] = []
        for path in paths {
            var reader = try ExampleReader(path: path, task: task, labels: labels, role: role, policy: data.policy)
            examples += try reader.readAll()
            reports.append(reader.report)
        }
        if examples.isEmpty { throw .noExamples(path: paths.first ?? task.name) }
        return (examples, reports)
    }
}
