import ErlangshenJSON

/// Seconds of repeated runs.
struct Timings {
    private let sorted: [Double]

    /// `seconds` holds one run or more, in any order.
    init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty)
        sorted = seconds.sorted()
    }

    var best: Double { sorted[0] }

    /// The middle one, or the mean of the two in the middle.
    var median: Double { (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 }

    /// The smallest time that `percent` of the runs do not exceed.
    func percentile(_ percent: Int) -> Double {
        precondition((1...100).contains(percent))
        return sorted[(sorted.count * percent + 99) / 100 - 1]
    }

    /// p50, p90, p99 and the best.
    private var values: [(key: String, seconds: Double)] {
        [("p50_ms", median), ("p90_ms", percentile(90)), ("p99_ms", percentile(99)), ("best_ms", best)]
    }

    /// Milliseconds for `--json`.
    var json: [(key: String, value: JSONValue)] { values.map { ($0.key, .double($0.seconds * 1e3)) } }

    /// Milliseconds for people.
    var columns: [String] { values.map { NumberText.fixed($0.seconds * 1e3, 2) } }
}
