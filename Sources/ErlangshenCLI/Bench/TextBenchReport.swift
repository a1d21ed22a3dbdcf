import ErlangshenJSON
import ErlangshenModel

/// What `bench --file` prints.
struct TextBenchReport {
    let origin: String
    let task: BenchTask
    let batchSize: Int
    let textCount: Int
    let tokenCount: Int
    let passes: [TextBench.Pass]
    let costs: [ForwardCost]
    let speed: MachineSpeed

    private var computing: Double { Timings(passes.map(\.computing)).median }
    private var tokenizing: Double { Timings(passes.map(\.tokenizing)).median }
    private var whole: Double { Timings(passes.map { $0.tokenizing + $0.computing }).median }
    private var batches: Timings { Timings(passes.flatMap(\.batches)) }
    private var floor: Double { costs.reduce(0) { $0 + speed.floor($1) } }

    /// The line of the file.
    func line(json: Bool) -> String {
        json ? self.json.serialized() : columns.joined(separator: "\t")
    }

    private var columns: [String] {
        let rate = Double(textCount) / whole
        return ["\(textCount)", "\(tokenCount)"]
            + [whole, computing].map { NumberText.fixed($0, 3) } + [NumberText.fixed(rate, 1)] + batches.columns
            + [NumberText.fixed(floor, 3), NumberText.fixed(computing / floor, 2)]
    }

    private var json: JSONValue {
        let head: [(key: String, value: JSONValue)] = [
            ("file", .string(origin)), ("task", .string(task.rawValue)),
            ("precision", .string(speed.precision.rawValue)), ("texts", .integer(Int64(textCount))),
            ("tokens", .integer(Int64(tokenCount))), ("batch", .integer(Int64(batchSize))),
            ("batches", .integer(Int64(costs.count))), ("repeats", .integer(Int64(passes.count))),
            ("seconds", .double(whole)), ("tokenizing_seconds", .double(tokenizing)),
            ("computing_seconds", .double(computing)), ("texts_per_second", .double(Double(textCount) / whole)),
            ("texts_per_second_without_tokenizing", .double(Double(textCount) / computing)),
            ("tokens_per_second", .double(Double(tokenCount) / computing)),
        ]
        let tail: [(key: String, value: JSONValue)] = [
            ("floor_ms", .double(floor * 1e3)), ("time_over_floor", .double(computing / floor)),
        ]
        return .object(JSONObject(head + batches.json + tail))
    }
}
