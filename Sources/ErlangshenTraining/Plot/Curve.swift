/// One metric of one run over its steps.
public struct Curve: Sendable, Equatable {
    /// What the legend says.
    public let name: String
    /// Updates done, ascending.
    public let steps: [Int]
    /// The values, none of them infinite or NaN.
    public let values: [Double]

    /// A curve; `steps` and `values` are as long as each other.
    public init(name: String, steps: [Int], values: [Double]) {
        precondition(steps.count == values.count, "a curve needs a value for every step")
        self.name = name
        self.steps = steps
        self.values = values
    }

    /// Reads a metric out of the `metrics.jsonl` of a run; lines without it, or with `null`, are left out.
    ///
    /// - Throws: `TrainingError.metrics` for a line that is none, `.noSuchMetric` when no line has it, with those there
    ///   are.
    public static func read(_ metric: String, from path: String, name: String) throws(TrainingError) -> Curve {
        var (steps, values, names): ([Int], [Double], [String]) = ([], [], [])
        try MetricsFile.forEach(in: path) { entry in
            for key in entry.values.objectValue?.keys ?? [] where key != "step" && !names.contains(key) {
                names.append(key)
            }
            guard let value = entry.values[metric]?.doubleValue, value.isFinite else { return }
            steps.append(entry.step)
            values.append(value)
        }
        guard !steps.isEmpty else { throw .noSuchMetric(metric, path: path, found: names) }
        return Curve(name: name, steps: steps, values: values)
    }

    /// The curve as a running mean: `m ← weight·m + (1 − weight)·value`, divided by the weights given so far.
    ///
    /// - Parameter weight: 0 leaves the curve as it is; below 1.
    /// - Throws: `TrainingError.invalidSetting` for a weight out of range.
    public func smoothed(_ weight: Double) throws(TrainingError) -> Curve {
        guard weight >= 0, weight < 1 else {
            throw .invalidSetting("smoothing", "\(weight)", expected: "0 or more and less than 1")
        }
        var (mean, total, means): (Double, Double, [Double]) = (0, 0, [])
        for value in values {
            mean = weight * mean + (1 - weight) * value
            total = weight * total + (1 - weight)
            means.append(mean / total)
        }
        return Curve(name: name, steps: steps, values: means)
    }
}
