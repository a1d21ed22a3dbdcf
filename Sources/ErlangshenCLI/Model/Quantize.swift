import ArgumentParser
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenPipelines

/// `erlangshen quantize`, also `prepare`.
struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Prepare a folder: weights in bf16 or int8, packed for this processor. 量化并预打包权重。",
        discussion: """
            The folder written holds the weights in the very form that this kind of processor computes with: they are \
            mapped as they are, and the model answers in a fraction of the time from its start. Then both models are \
            run on text, the given one or a built-in sample, and the change is printed.

            EXAMPLES
              erlangshen quantize DIR OUT --precision int8
              erlangshen quantize DIR OUT --precision bf16 --input texts.txt --json
              erlangshen fill-mask --model OUT "桂林是世界闻名的旅游城市,它有[MASK]江。"

            Columns: precision, size, texts measured, agreement of the best answer, mean |Δ log-probability|.

            中文:把模型转换为 bf16 或 int8,并按本机处理器的格式打包;随后在文本上比较与原模型的差别。
            """,
        aliases: ["prepare"])

    @Argument(help: "The model to prepare: a folder, or ORG/NAME as fetched by pull.", completion: .directory)
    var source: String

    @Argument(help: "The folder to write.", completion: .directory)
    var target: String

    @Option(help: "In what products are computed: int8, bf16 or fp32 (packed only).")
    var precision = Precision.int8

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Text to measure the change on, one a line; - is standard input.", valueName: "path"),
        completion: .file())
    var input: String?

    @Option(help: ArgumentHelp("Lines of the text to measure on, at most.", valueName: "n"))
    var lines = 200

    @Flag(help: "Prepare only; measure nothing.")
    var skipMeasuring = false

    @Flag(help: "Replace weights that stand at the target.")
    var overwrite = false

    @Option(help: ArgumentHelp("Threads to compute with; all cores when left out.", valueName: "n"))
    var threads: Int?

    @OptionGroup(title: "Output Options") var output: OutputOptions

    mutating func validate() throws {
        if lines < 1 { throw ValidationError("--lines is \(lines); it takes 1 or more") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); it takes a number from 1 to 1024")
        }
    }

    func run() throws {
        let source = ModelFolder.pathIfKnown(source)
        guard POSIX.exists(source) else { throw CommandFailure.sourceMissing(path: source) }
        let path = target + "/" + PreparedModel.fileName
        if !overwrite, POSIX.exists(path) { throw CommandFailure.targetExists(path: path) }
        let talk = Talk(isQuiet: output.quiet)
        let device = try Device.cpu(threads: threads)
        try PreparedModel.write(source, to: target, precision: precision, device: device)
        talk.once("note: wrote \(path.printable)")
        let size = POSIX.size(path) ?? 0
        var change: PrecisionChange?
        if !skipMeasuring {
            change = try PrecisionChange.measure(from: source, to: target, texts: texts(), device: device)
            if change == nil {
                talk.once(
                    "note: the model has neither a masked-language head nor a classifier of texts: nothing measured")
            }
        }
        try report(size: size, change)
    }

    private func texts() throws -> [String] {
        guard let input else { return PrecisionChange.sample }
        let descriptor = input == "-" ? POSIX.input : try TextInput.open(input)
        defer { if input != "-" { POSIX.close(descriptor) } }
        var reader = LineReader(name: input == "-" ? "standard input" : input, descriptor: descriptor)
        var texts: [String] = []
        while texts.count < lines {
            let found = try reader.next(lines - texts.count)
            guard !found.isEmpty else { break }
            texts += found.map(\.text).filter { !$0.allSatisfy(\.isWhitespace) }
        }
        return texts
    }

    private func report(size: Int, _ change: PrecisionChange?) throws {
        let standardOutput = StandardOutput()
        if output.json {
            var value: JSONObject = [:]
            value["path"] = .string(target)
            value["precision"] = .string(precision.rawValue)
            value["bytes"] = .integer(Int64(size))
            if let change {
                value["measured"] = .string(change.kind.rawValue)
                value["positions"] = .integer(Int64(change.count))
                value["agreement"] = .double(change.agreement)
                value["mean_abs_log_prob_change"] = .double(change.meanLogProbabilityChange)
            }
            try standardOutput.line(JSONValue.object(value).serialized(pretty: true))
        } else {
            var columns = [precision.rawValue, NumberText.mebibytes(size)]
            if let change {
                columns += [
                    "\(change.count) \(change.kind.noun)", NumberText.fixed(change.agreement * 100, 2) + " %",
                    NumberText.fixed(change.meanLogProbabilityChange, 5),
                ]
            }
            try standardOutput.line(columns.joined(separator: "\t"))
        }
        try standardOutput.flush()
    }
}
