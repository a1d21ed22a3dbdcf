import ArgumentParser
import ErlangshenCheckpoint
import ErlangshenJSON
import ErlangshenTraining

/// `erlangshen plot`.
struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw the curves of training runs. 绘制训练曲线。",
        discussion: """
            Reads metrics.jsonl of each run and draws one metric over the steps: in the terminal, or with --output as a \
            picture: SVG that suits light and dark pages, or PNG.

            EXAMPLES
              erlangshen plot runs/afqmc-42
              erlangshen plot runs/afqmc-42 runs/afqmc-43 --metric accuracy
              erlangshen plot runs/* --smoothing 0.9 --output loss.png

            中文:读取各次训练的 metrics.jsonl,在终端或 SVG、PNG 图片中画出损失与指标曲线。
            """)

    @Argument(help: ArgumentHelp("Folders of runs, or metrics.jsonl files.", valueName: "run"), completion: .directory)
    var runs: [String]

    @Option(help: ArgumentHelp("What to draw; a key of the lines of metrics.jsonl.", valueName: "name"))
    var metric = "loss"

    @Option(
        help: ArgumentHelp(
            "Weight of the past in a running mean, from 0 (none) to below 1; a picture keeps the raw curve, pale.",
            valueName: "weight"))
    var smoothing = 0.0

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A .svg or .png file to write; the terminal when left out.", valueName: "path"),
        completion: .file(extensions: ["svg", "png"]))
    var output: String?

    @Flag(help: "Replace a picture that stands there.")
    var overwrite = false

    @OptionGroup(title: "Output Options") var outputOptions: OutputOptions

    mutating func validate() throws {
        if runs.isEmpty { throw ValidationError("no run; give the folder of one: erlangshen plot RUN") }
        if !(0..<1).contains(smoothing) {
            throw ValidationError("--smoothing is \(smoothing); it takes 0 or more and less than 1")
        }
        if let output, !output.hasSuffix(".svg"), !output.hasSuffix(".png") {
            throw ValidationError("--output is \(output.printable); it takes a name that ends in .svg or .png")
        }
        if output != nil, outputOptions.json {
            throw ValidationError("--json writes the numbers in place of a picture; leave out it or --output")
        }
    }

    func run() throws {
        if let output, !overwrite, POSIX.exists(output) { throw CommandFailure.targetExists(path: output) }
        let raw = try runs.map { try Curve.read(metric, from: Self.file(of: $0), name: name(of: $0)) }
        let curves = smoothing == 0 ? raw : try raw.map { try $0.smoothed(smoothing) }
        if outputOptions.json { return try write(curves) }
        if let output {
            let plot = try CurvePlot(title: metric, curves: curves, background: smoothing == 0 ? [] : raw)
            try SmallFile.write(output.hasSuffix(".png") ? plot.png : Array(plot.svg.utf8), to: output)
            Talk(isQuiet: outputOptions.quiet).once("note: wrote \(output.printable)")
        } else {
            try draw(curves)
        }
    }

    private static func file(of run: String) -> String {
        POSIX.isDirectory(run) ? run + (run.hasSuffix("/") ? "" : "/") + "metrics.jsonl" : run
    }

    /// The last part of a path where it is enough to tell the runs apart.
    private func name(of run: String) -> String {
        func last(_ path: String) -> Substring { path.split(separator: "/").last ?? Substring(path) }
        return runs.filter { last($0) == last(run) }.count == 1 ? String(last(run)) : run
    }

    /// Curves in one drawing where colours tell them apart, else one below the other.
    private func draw(_ curves: [Curve]) throws {
        let (style, width) = (Style.standard(isJSON: false), POSIX.terminalWidth() ?? 80)
        let standardOutput = StandardOutput()
        let drawings = style.isColoured || curves.count == 1 ? [curves] : curves.map { [$0] }
        for drawing in drawings {
            let names = drawing.enumerated().map { style.series($0.element.name.printable, $0.offset) }
            let title = drawings.count > 1 || curves.count == 1 ? metric + ": " + names[0] : metric
            let plot = try CurvePlot(title: title, curves: drawing)
            for line in plot.text(width: width, height: 16, paint: style.series) { try standardOutput.line(line) }
            if drawing.count > 1 { try standardOutput.line(names.joined(separator: "  ")) }
        }
        try standardOutput.flush()
    }

    private func write(_ curves: [Curve]) throws {
        let standardOutput = StandardOutput()
        let values: [JSONValue] = curves.map { curve in
            [
                "name": .string(curve.name), "steps": .array(curve.steps.map { .integer(Int64($0)) }),
                "values": .array(curve.values.map { .double($0) }),
            ]
        }
        let reply: JSONValue = [
            "metric": .string(metric), "smoothing": .double(smoothing), "runs": .array(values),
        ]
        try standardOutput.line(reply.serialized())
        try standardOutput.flush()
    }
}
