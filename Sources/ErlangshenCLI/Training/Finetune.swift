import ArgumentParser
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenParallel
import ErlangshenTraining

/// `erlangshen finetune`.
struct Finetune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fine-tune a model on a task. 在任务上微调模型。",
        discussion: """
            Prints a plan, trains, measures the development rows after each epoch, and keeps the best model in the output \
            folder, which transformers opens. The same seed gives the same bytes at any number of threads, also when the \
            run is stopped (SIGTERM, SIGUSR1 and Ctrl-C save first) or killed, and taken up again with --resume.

            EXAMPLES
              erlangshen finetune --task ocnli --model DIR --data clue/ocnli --output runs/ocnli
              erlangshen finetune --task tnews --model DIR --data clue/tnews --output runs/tnews --lr 3e-5 --precision bf16
              erlangshen finetune --text-field text --label-field star --train a.csv --dev b.csv --model DIR --output runs/a
              erlangshen finetune --task afqmc --from-scratch --config config.json --vocab vocab.txt --output runs/s
              erlangshen finetune … --output runs/ocnli --resume
              mpirun -n 4 erlangshen finetune …     (four processes, on one machine or many, share each update)

            The output: a model folder with README.md and evaluation.json; metrics.jsonl (see plot), events/ for \
            TensorBoard, states/ to resume from.

            中文:微调并保存最佳模型;同一随机种子得到相同的字节,可用 --resume 继续中断的训练。
            """)

    @OptionGroup(title: "Data Options") var data: TaskOptions
    @OptionGroup(title: "Model Options") var start: StartOptions
    @OptionGroup(title: "Training Options") var training: TrainingOptions
    @OptionGroup(title: "Rank Options") var rankOptions: RankOptions
    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of the run.", valueName: "dir"), completion: .directory)
    var output: String

    @Option(help: "Of the order of rows, of dropout and of fresh weights.")
    var seed: UInt64 = 42

    @Flag(help: "Go on from the newest valid state of the output folder.")
    var resume = false

    func validate() throws { try data.requireFiles() }

    func run() throws {
        try rankOptions.run { ranks in try run(ranks) }
    }

    private func run(_ ranks: any Communicator) throws {
        let isQuiet = talkOptions.quiet || !ranks.isFirst
        let talk = Talk(isQuiet: isQuiet)
        let device = try start.model.device()
        let task = try data.description()
        let source = try start.source(for: "finetune")
        var request = FineTuningRequest(
            task: task, trainPaths: try data.trainPaths(of: task), devPaths: try data.devPaths(of: task),
            source: source,
            output: output)
        request.settings = training.settings(seed: seed)
        request.precision = start.precision(on: device, talk)
        request.recomputes = training.recompute
        (request.keepLast, request.keepBest) = (training.keepLast, training.keepBest)
        request.policy = data.policy
        request.policy.overlong = training.overlong
        request.command = ["erlangshen"] + CommandLine.arguments.dropFirst()
        RunSignals.install()
        let run = try FineTuning(request, device: device)
        let runTalk = RunTalk(stepCount: run.plan.stepCount, isQuiet: isQuiet)
        runTalk.sayPlan(run.plan.lines(request))
        let outcome = try run.run(
            resumes: resume, watch: runTalk.watch, stopRequested: { RunSignals.requested }, now: POSIX.clock,
            ranks: ranks, shardsOptimizer: rankOptions.shardOptimizer)
        guard ranks.isFirst else { return }
        runTalk.finish(outcome, output: output)
        if case .interrupted(_, let signal) = outcome { throw ExitCode(RunSignals.exitStatus(of: signal)) }
        try EvaluationReply(try SavedEvaluation(folder: output)).write(isJSON: talkOptions.json)
    }
}
