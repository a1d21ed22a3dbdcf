import ArgumentParser
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenTasks
import ErlangshenTraining

/// `erlangshen clue`.
struct CLUE: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clue", abstract: "Run tasks of CLUE with several seeds. 多任务多种子评测。", subcommands: [CLUERun.self])
}

/// `erlangshen clue run`.
struct CLUERun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Fine-tune on tasks with seeds and make the table. 多任务、多随机种子,给出均值与标准差。",
        discussion: """
            Each task and seed is a run of its own in OUTPUT/TASK/seed-N, as of finetune. Finished ones are not run again, \
            one that was stopped goes on: the same command continues after a break. The table goes to standard output, \
            OUTPUT/table.md and OUTPUT/table.json.

            EXAMPLES
              erlangshen clue run --tasks afqmc,tnews --seeds 42,43,44 --data clue --model DIR --output runs/97m
              erlangshen clue run --tasks ocnli --train ocnli=train.10k.json --data clue --model DIR --output runs/97m
              erlangshen clue run --tasks afqmc --data clue --model OTHER --output runs/b --against runs/97m --baseline

            --against compares row by row with another run of the same tasks and seeds: the paired bootstrap over the \
            development rows, and McNemar's exact test of each seed.

            中文:逐一运行任务与随机种子,已完成的不再运行;给出均值 ± 标准差、各类别得分及与另一次运行的配对显著性检验。
            """)

    @Option(help: ArgumentHelp("Tasks, separated by commas; `erlangshen tasks` lists them.", valueName: "a,b"))
    var tasks: String

    @Option(help: ArgumentHelp("Seeds, separated by commas.", valueName: "n,n"))
    var seeds = "42,43,44"

    @Option(help: ArgumentHelp("The folder of the tasks' folders: DIR/afqmc and so on.", valueName: "dir"))
    var data: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of the comparison.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(help: ArgumentHelp("Another file for a task to learn from; may be repeated.", valueName: "task=file"))
    var train: [String] = []

    @Option(help: ArgumentHelp("Another file for a task to be measured on; may be repeated.", valueName: "task=file"))
    var dev: [String] = []

    @Option(help: ArgumentHelp("Compare with this comparison.", valueName: "dir"), completion: .directory)
    var against: String?

    @Flag(help: "Measure a bag of characters too, beside each task with labels.")
    var baseline = false

    @Option(help: "What happens to a row that cannot be used.")
    var onDefect = DataPolicy.Defect.error

    @OptionGroup(title: "Model Options") var start: StartOptions
    @OptionGroup(title: "Training Options") var training: TrainingOptions
    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    func validate() throws {
        _ = try seedNumbers()
        for pair in train + dev where pair.split(separator: "=", maxSplits: 1).count != 2 {
            throw ValidationError("\(pair.printable) is no TASK=FILE")
        }
    }

    private func seedNumbers() throws -> [UInt64] {
        try seeds.split(separator: ",").map { text in
            guard let seed = UInt64(text) else {
                throw ValidationError("--seeds is \(seeds.printable); it takes whole numbers with commas between them")
            }
            return seed
        }
    }

    func run() throws {
        let talk = Talk(isQuiet: talkOptions.quiet)
        let device = try start.model.device()
        let source = try start.source(for: "clue run")
        let precision = start.precision(on: device, talk)
        var described: [TaskDescription] = []
        for name in tasks.split(separator: ",") { described.append(try BuiltInTasks.named(String(name))) }
        RunSignals.install()
        try RunFolder.make(output)
        for task in described {
            var request = FineTuningRequest(
                task: task, trainPaths: try paths(of: task, train, else: task.files.train, option: "--train"),
                devPaths: try paths(of: task, dev, else: task.files.dev, option: "--dev"), source: source,
                output: output)
            request.precision = precision
            request.recomputes = training.recompute
            (request.keepLast, request.keepBest) = (training.keepLast, training.keepBest)
            request.policy = policy
            request.command = ["erlangshen"] + CommandLine.arguments.dropFirst()
            if baseline {
                try RunBaseline.measure(
                    task, trainPaths: request.trainPaths, devPaths: request.devPaths, policy: request.policy,
                    output: output)
            }
            for seed in try seedNumbers() { try runCell(request, seed: seed, device) }
        }
        try report()
    }

    private func runCell(_ request: FineTuningRequest, seed: UInt64, _ device: Device) throws {
        var request = request
        let cell = RunCell(task: request.task.name, seed: seed, in: output)
        request.settings = training.settings(seed: seed)
        request.output = cell.folder
        guard try !cell.isFinished(configuration: request.configuration) else { return }
        let run = try FineTuning(request, device: device)
        let runTalk = RunTalk(
            stepCount: run.plan.stepCount, isQuiet: talkOptions.quiet, prefix: "\(cell.task), seed \(seed): ")
        runTalk.sayPlan(run.plan.lines(request))
        let outcome = try run.run(
            resumes: true, watch: runTalk.watch, stopRequested: { RunSignals.requested }, now: POSIX.clock)
        runTalk.finish(outcome, output: cell.folder)
        if case .interrupted(_, let signal) = outcome { throw ExitCode(RunSignals.exitStatus(of: signal)) }
        try cell.finish(configuration: request.configuration)
    }

    private var policy: DataPolicy {
        var policy = DataPolicy()
        (policy.brokenRow, policy.badField, policy.unknownLabel) = (onDefect, onDefect, onDefect)
        policy.emptyText = onDefect == .drop ? .drop : .error
        policy.overlong = training.overlong
        return policy
    }

    private func paths(
        of task: TaskDescription, _ given: [String], else names: [String], option: String
    ) throws(CommandFailure) -> [String] {
        let own = given.filter { $0.hasPrefix(task.name + "=") }.map { String($0.dropFirst(task.name.count + 1)) }
        return try TaskFilePaths.resolve(
            own, else: names, in: "\(data)/\(task.name)", option: "\(option) \(task.name)=")
    }

    private func report() throws {
        let table = try RunTable(folder: output)
        var (markdown, json): (String, JSONObject) = (table.markdown, ["tasks": table.json])
        if let against {
            let comparisons = try RunComparison.all(table, against: try RunTable(folder: against))
            markdown += "\nAgainst \(against.printable):\n\n" + RunComparison.markdown(comparisons)
            json["against"] = .string(against)
            json["comparisons"] = .array(comparisons.map(\.json))
        }
        let text = JSONValue.object(json).serialized(pretty: true)
        try SmallFile.write(Array(markdown.utf8), to: output + "/table.md")
        try SmallFile.write(Array((text + "\n").utf8), to: output + "/table.json")
        let standardOutput = StandardOutput()
        if talkOptions.json {
            try standardOutput.line(text)
        } else {
            for line in markdown.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                try standardOutput.line(String(line))
            }
        }
        try standardOutput.flush()
    }
}
