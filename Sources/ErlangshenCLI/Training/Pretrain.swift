import ArgumentParser
import ErlangshenCompute
import ErlangshenParallel
import ErlangshenPretraining
import ErlangshenTraining

/// `erlangshen pretrain`.
struct Pretrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pretrain a model on text with masked words. 用整词遮蔽预训练模型。",
        discussion: """
            Prints a plan, learns to fill masked words of the samples, measures held-out text every --eval-every \
            updates, and writes the best and the last model as folders that fill-mask and transformers open. The same \
            seed gives the same bytes at any number of threads, also when the run is stopped (SIGTERM, SIGUSR1 and \
            Ctrl-C save first) or killed, and taken up again with --resume.

            EXAMPLES
              erlangshen pretrain --config run.yaml --output runs/a
              erlangshen pretrain --config run.yaml --output runs/a --resume
              erlangshen pretrain --preset 97m --vocab vocab.txt --samples laws.jsonl --samples books.jsonl@0.5 \
            --epochs 10 --output runs/b --precision bf16
              erlangshen pretrain --model DIR --samples laws.jsonl --max-tokens 2G --window 128 \
            --output runs/c
              erlangshen pretrain --config run.yaml --lr 3e-4 --print-config
              mpirun -n 4 erlangshen pretrain …     (four processes, on one machine or many, share each update)

            Every setting is a key of the file and a flag of the same name; flags override the file. What takes several \
            values is a list there, and a flag given several times here. Counts may end in k, M or G, parts in %.

            The output: best/ and last/, model folders with README.md and evaluation.json; metrics.jsonl (see plot), \
            events/ for TensorBoard, states/ to resume from.

            中文:从配置文件(YAML)或命令行参数预训练;同一随机种子得到相同的字节,可用 --resume 继续中断的训练。
            """)

    @Option(help: ArgumentHelp("Settings as a YAML file.", valueName: "file"), completion: .file())
    var config: String?

    @Flag(help: "Write all settings as a YAML file on standard output, and end.")
    var printConfig = false

    @OptionGroup(title: "Settings") var flags: PretrainingFlags
    @OptionGroup(title: "Rank Options") var rankOptions: RankOptions
    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    /// The file's settings, with the flags on top.
    func settings() throws(PretrainingError) -> PretrainingSettings {
        var settings = PretrainingSettings()
        if let config { try ConfigurationFile.read(config, into: &settings) }
        try flags.apply(to: &settings)
        return settings
    }

    func run() throws {
        var settings = try settings()
        if printConfig {
            let output = StandardOutput()
            for line in ConfigurationFile.text(of: settings).split(separator: "\n") { try output.line(String(line)) }
            return try output.flush()
        }
        if let model = settings.model { settings.model = try ModelFolder.path(model) }
        try rankOptions.run { [settings] ranks in try run(settings, ranks) }
    }

    private func run(_ settings: PretrainingSettings, _ ranks: any Communicator) throws {
        let isQuiet = talkOptions.quiet || !ranks.isFirst
        let talk = Talk(isQuiet: isQuiet)
        let device = try Device.cpu(threads: settings.threadCount)
        let resolved = device.resolve(PrecisionChoice(rawValue: settings.precision) ?? .fp32)
        if let asked = resolved.replaced {
            let reason = resolved.lacking ?? "the processor lacks it"
            talk.once("note: \(resolved.used.rawValue) in place of \(asked.rawValue): \(reason)")
        }
        RunSignals.install()
        let run = try Pretraining(settings, precision: resolved.used, device: device)
        run.command = ["erlangshen"] + CommandLine.arguments.dropFirst()
        let runTalk = RunTalk(stepCount: run.plan.stepCount, isQuiet: isQuiet)
        runTalk.sayPlan(run.plan.lines(run.precision))
        let outcome = try run.run(
            watch: runTalk.watch, stopRequested: { RunSignals.requested }, now: POSIX.clock, ranks: ranks,
            shardsOptimizer: rankOptions.shardOptimizer)
        guard ranks.isFirst else { return }
        runTalk.finish(outcome, output: settings.output ?? "", writesLast: true)
        if case .interrupted(_, let signal) = outcome { throw ExitCode(RunSignals.exitStatus(of: signal)) }
        try PretrainingReply(run).write(isJSON: talkOptions.json)
    }
}
