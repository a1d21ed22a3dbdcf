import ArgumentParser
import ErlangshenCompute
import ErlangshenModel
import ErlangshenPipelines
import ErlangshenTokenizer

/// `erlangshen bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time the model on batches of random ids or on a file of texts. 测速。",
        discussion: """
            Random ids have a fixed seed; two runs warm up first. With --file each line is a text: all are tokenized, \
            sorted by length into batches (which also end at 16,384 tokens) and answered; reading the file is not \
            counted. --task classify needs a fine-tuned model, --task fill-mask texts with [MASK]. --task train times \
            steps of fine-tuning a classifier of three labels: gradients, their norm, AdamW; --task pretrain those of \
            the masked LM with masks at 15 % of the tokens.

            EXAMPLES
              erlangshen bench --model DIR --shapes 1x20,1x128,8x128 --precision bf16 --json
              erlangshen bench --model DIR --task classify --pairs --file pairs.tsv
              erlangshen bench --model DIR --task fill-mask --file masked.txt --answers --json
              erlangshen bench --model DIR --task train --shapes 8x128 --precision bf16
              erlangshen bench --model DIR --shapes 1x128 --callers 8

            Columns: shape (texts x tokens); milliseconds: p50, p90, p99, best; tokens per second by p50; floor in \
            milliseconds; p50 over floor.
            Columns with --file: texts; tokens; seconds of a pass, the median one, with and without tokenizing; texts \
            per second, tokenizing included; milliseconds of a batch: p50, p90, p99, best; floor in seconds; seconds \
            without tokenizing over floor. --answers writes before it, for each line in the order of the file, its \
            number and the likeliest ids of its masks or tokens, or its label.

            pN is the smallest time that N percent of the runs do not exceed, p50 the median. The floor is the time \
            below which this machine cannot go: the larger of the operations at the peak rate of the precision and of \
            the weights' bytes at the bandwidth of memory, both measured in the same run, all threads at once. \
            Only a model that fits into the caches can be faster than the latter.

            中文:以随机编号的批次或文件中的句子测量速度,并给出本机的理论下限及实测与下限之比。
            """)

    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: "What is computed: logits of every token, of masks alone, or of labels; or a step of training.")
    var task = BenchTask.logits

    @Option(
        help: ArgumentHelp(
            "Batches to time, as texts x tokens, separated by commas; 1x20,1x128,8x128 when left out.",
            valueName: "BxS,…"))
    var shapes: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Time the texts of a UTF-8 file, one a line; - is standard input.", valueName: "path"),
        completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("Texts in a batch, with --file; 32 when left out.", valueName: "n"))
    var batch: Int?

    @Flag(help: "Each text is a pair, separated by a tab, with --file and --task classify.")
    var pairs = false

    @Flag(help: "Write the answer to each text too, with --file.")
    var answers = false

    @Option(
        help: ArgumentHelp(
            "Timed runs of each shape, 5 or more, 9 when left out; with --file passes over it, 1 or more, 3 when left "
                + "out.", valueName: "n"))
    var repeats: Int?

    @Option(
        help: ArgumentHelp(
            "Threads that ask one model at once, each for the whole shape; tokens per second are those of all together.",
            valueName: "n"))
    var callers = 1

    @Flag(help: "Steps of training keep less for the way back and compute it again, as with finetune --recompute.")
    var recompute = false

    @Option(help: ArgumentHelp("Seed of the random ids.", valueName: "n"))
    var seed: UInt64 = 0

    mutating func validate() throws {
        let least = file == nil ? 5 : 1
        if let repeats, repeats < least {
            throw ValidationError(
                "--repeats is \(repeats); it takes \(least) or more\(file == nil ? "" : " with --file")")
        }
        _ = try ShapeBench.shapes(shapes ?? Self.usualShapes)
        if let batch, !(1...4096).contains(batch) {
            throw ValidationError("--batch is \(batch); it takes a number from 1 to 4096")
        }
        if file != nil, shapes != nil { throw ValidationError("--shapes and --file are both given; use one of them") }
        if file == nil {
            for (isGiven, name) in [(batch != nil, "--batch"), (pairs, "--pairs"), (answers, "--answers")] where isGiven
            {
                throw ValidationError("\(name) is about the texts of --file; give it too")
            }
        }
        if pairs, task != .classify, task != .train {
            throw ValidationError("--pairs goes with --task classify or train")
        }
        guard (1...256).contains(callers) else {
            throw ValidationError("--callers is \(callers); it takes a number from 1 to 256")
        }
        if callers > 1, file != nil || task.isTraining {
            throw ValidationError("--callers goes with --shapes, and not with --task \(task.rawValue)")
        }
        if recompute, !task.isTraining { throw ValidationError("--recompute goes with --task train or pretrain") }
        if answers, task.isTraining {
            throw ValidationError("--answers is not for --task \(task.rawValue): it has none")
        }
    }

    private static let usualShapes = "1x20,1x128,8x128"

    func run() throws {
        let talk = Talk(isQuiet: output.quiet)
        let directory = try task == .classify ? model.directory(neededBy: "bench --task classify") : model.folder(talk)
        let device = try model.device()
        let precision =
            try model.precision(of: directory, on: device, talk) ?? PreparedModel.precision(of: directory) ?? .fp32
        // It is small: a folder that is none is found out before weights are read.
        let tokenizer = try file.map { _ in try BertTokenizer(directory: directory) }
        let network = try BenchNetwork(
            task, directory: directory, device: device, precision: precision, recomputes: recompute)
        talk.once("note: \(device.description), \(precision.rawValue)")
        let peaks = try MachineSpeed.peaks(of: device, precision: precision)
        let lines: (MachineSpeed) throws -> [String]
        if let file, let tokenizer {
            lines = try texts(file, network, tokenizer, talk)
        } else {
            lines = try randomIds(network)
        }
        if let bytes = POSIX.peakMemory() { talk.once("note: peak memory \(NumberText.mebibytes(bytes))") }
        // Last, for the bandwidth takes memory of its own.
        let speed = try MachineSpeed(measuring: device, precision: precision, seen: peaks)
        talk.once("note: \(speed.description)")
        let standardOutput = StandardOutput()
        for line in try lines(speed) { try standardOutput.line(line) }
        try standardOutput.flush()
    }

    private func randomIds(_ network: BenchNetwork) throws -> (MachineSpeed) throws -> [String] {
        let bench = ShapeBench(network: network, task: task, repeats: repeats ?? 9, seed: seed, callers: callers)
        let runs = try ShapeBench.shapes(shapes ?? Self.usualShapes).map { ($0, try bench.run($0)) }
        return { speed in
            runs.map { shape, run in bench.line(shape, run, speed, json: output.json) }
        }
    }

    private func texts(
        _ file: String, _ network: BenchNetwork, _ tokenizer: BertTokenizer, _ talk: Talk
    ) throws -> (MachineSpeed) throws -> [String] {
        let input = TextInput(command: "bench", texts: [], files: [file])
        let texts = try TextBench.texts(of: input, progress: Progress(isQuiet: output.quiet))
        let bench = TextBench(
            network: network, tokenizer: tokenizer, task: task, arePairs: pairs, batchSize: batch ?? 32)
        try bench.warmUp(texts)
        let (first, answered, batches) = try bench.run(texts)
        let passes = try [first] + (1..<(repeats ?? 3)).map { _ in try bench.run(texts).pass }
        let (longest, trained) = (
            batches.flatMap(\.sequences).map(\.count).max() ?? 0, network.config.maxPositionEmbeddings
        )
        if longest > trained {
            talk.warn([.extrapolates(tokenCount: longest, trainedOn: trained)], at: "the longest text of \(file)")
        }
        let labels = network.config.id2label
        return { speed in
            let report = TextBenchReport(
                origin: file, task: task, batchSize: bench.batchSize, textCount: texts.count,
                tokenCount: batches.reduce(0) { $0 + $1.tokenCount }, passes: passes,
                costs: batches.map(network.cost), speed: speed)
            let listed =
                answers
                ? answered.enumerated().map { line, answer in
                    output.json
                        ? answer.json(line: line + 1, labels: labels).serialized()
                        : answer.columns(line: line + 1, labels: labels)
                } : []
            return listed + [report.line(json: output.json)]
        }
    }
}
