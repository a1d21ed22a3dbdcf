import ArgumentParser
import ErlangshenJSON
import ErlangshenModel
import ErlangshenPipelines

/// `erlangshen bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time the model on batches of random ids. 测速。",
        discussion: """
            Logits of every token are computed. Ids are random with a fixed seed; two runs warm up first.

            EXAMPLES
              erlangshen bench --model DIR --shapes 1x20,1x128,8x128 --json

            Columns: shape (texts x tokens), median and best milliseconds, tokens per second by the median.

            中文:以随机编号的批次测量速度。
            """)

    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: ArgumentHelp("Batches to time, as texts x tokens, separated by commas.", valueName: "BxS,…"))
    var shapes = "1x20,1x128,8x128"

    @Option(help: ArgumentHelp("Timed runs of each shape, 5 or more.", valueName: "n"))
    var repeats = 9

    @Option(help: ArgumentHelp("Seed of the random ids.", valueName: "n"))
    var seed: UInt64 = 0

    mutating func validate() throws {
        if repeats < 5 { throw ValidationError("--repeats is \(repeats); it takes 5 or more") }
        _ = try parsedShapes()
    }

    func run() throws {
        let talk = Talk(isQuiet: output.quiet)
        let directory = try model.folder(talk)
        let device = try model.device()
        let network = try DebertaV2ForMaskedLM(
            directory: directory, device: device, precision: model.precision(of: directory, on: device, talk))
        talk.once("note: \(device.description)")
        let standardOutput = StandardOutput()
        for shape in try parsedShapes() {
            let batch = try SequenceBatch(ids(shape, vocabularySize: network.config.vocabSize))
            let times = try times { _ = try network.logits(batch) }
            let median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
            try standardOutput.line(line(shape, median, times[0]))
            try standardOutput.flush()
        }
        if let bytes = POSIX.peakMemory() { talk.once("note: peak memory \(NumberText.mebibytes(bytes))") }
    }

    /// Seconds of each run, ascending.
    private func times(_ run: () throws -> Void) throws -> [Double] {
        for _ in 0..<2 { try run() }
        return try (0..<repeats).map { _ in
            let start = POSIX.seconds()
            try run()
            return POSIX.seconds() - start
        }.sorted()
    }

    private func line(_ shape: Shape, _ median: Double, _ best: Double) -> String {
        let rate = Double(shape.texts * shape.tokens) / median
        guard output.json else {
            return [
                shape.name, NumberText.fixed(median * 1e3, 2), NumberText.fixed(best * 1e3, 2),
                NumberText.fixed(rate, 0),
            ].joined(separator: "\t")
        }
        let value: JSONValue = [
            "shape": .string(shape.name), "median_ms": .double(median * 1e3), "best_ms": .double(best * 1e3),
            "tokens_per_second": .double(rate), "repeats": .integer(Int64(repeats)),
        ]
        return value.serialized()
    }

    private struct Shape {
        let texts: Int
        let tokens: Int
        var name: String { "\(texts)x\(tokens)" }
    }

    private func parsedShapes() throws -> [Shape] {
        try shapes.split(separator: ",").map { part in
            let sizes = part.split(separator: "x").compactMap { Int($0) }
            guard sizes.count == 2, (1...1024).contains(sizes[0]), (1...16_384).contains(sizes[1]) else {
                throw ValidationError(
                    "--shapes has '\(part)'; a shape is texts x tokens, such as 8x128 (at most 1024x16384)")
            }
            return Shape(texts: sizes[0], tokens: sizes[1])
        }
    }

    /// Random ids by a linear congruential generator (Knuth's MMIX constants): the same for the same seed.
    private func ids(_ shape: Shape, vocabularySize: Int) -> [[Int32]] {
        var state = seed
        let first = min(5, vocabularySize - 1)
        return (0..<shape.texts).map { _ in
            (0..<shape.tokens).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int32(first + Int((state >> 33) % UInt64(vocabularySize - first)))
            }
        }
    }
}
