public import ErlangshenJSON
public import ErlangshenTasks

/// Whether two comparisons differ on a task, row by row of its development rows.
public struct RunComparison: Sendable {
    /// The task.
    public let task: String
    /// Seeds that both have.
    public let seeds: [UInt64]
    /// Mean of the first's row scores over these seeds less that of the second's, with its 95 % interval and p value.
    public let bootstrap: PairedBootstrap
    /// McNemar's test of each seed; empty for tasks whose rows are not simply right or wrong.
    public let tests: [McNemarTest]

    /// Rows are drawn anew this often, with this seed.
    private static let (drawCount, seed) = (10_000, UInt64(42))

    /// Compares the tasks and seeds that two tables have in common.
    ///
    /// - Throws: `TrainingError.task` when the two were not measured on the same rows.
    public static func all(_ first: RunTable, against second: RunTable) throws(TrainingError) -> [RunComparison] {
        var comparisons: [RunComparison] = []
        for row in first.rows {
            guard let other = second.rows.first(where: { $0.task == row.task }) else { continue }
            let seeds = row.seeds.filter(other.seeds.contains)
            guard !seeds.isEmpty else { continue }
            let (own, theirs) = (scores(row, seeds), scores(other, seeds))
            comparisons.append(
                try onTask { () throws(TaskError) in
                    RunComparison(
                        task: row.task, seeds: seeds,
                        bootstrap: try PairedBootstrap(
                            first: try mean(own), second: try mean(theirs), seed: seed, drawCount: drawCount),
                        tests: try tests(own, theirs))
                })
        }
        return comparisons
    }

    private static func scores(_ row: RunTable.Row, _ seeds: [UInt64]) -> [[Double]] {
        zip(row.seeds, row.evaluations).filter { seeds.contains($0.0) }.map { $0.1.rowScores }
    }

    /// The mean score of each row over the seeds.
    private static func mean(_ scores: [[Double]]) throws(TaskError) -> [Double] {
        var sums = [Double](repeating: 0, count: scores.first?.count ?? 0)
        for seed in scores {
            guard seed.count == sums.count else {
                throw .unequalCounts(what: "rows of a seed", expected: sums.count, found: seed.count)
            }
            for (index, score) in seed.enumerated() { sums[index] += score / Double(scores.count) }
        }
        return sums
    }

    private static func tests(_ first: [[Double]], _ second: [[Double]]) throws(TaskError) -> [McNemarTest] {
        guard (first + second).allSatisfy({ $0.allSatisfy { $0 == 0 || $0 == 1 } }) else { return [] }
        var tests: [McNemarTest] = []
        for (own, theirs) in zip(first, second) {
            tests.append(try McNemarTest(first: own.map { $0 == 1 }, second: theirs.map { $0 == 1 }))
        }
        return tests
    }

    /// The comparison as JSON.
    public var json: JSONValue {
        [
            "task": .string(task), "seeds": .array(seeds.map { .string(String($0)) }),
            "difference": .double(bootstrap.difference),
            "interval": [.double(bootstrap.interval.lowerBound), .double(bootstrap.interval.upperBound)],
            "p": .double(bootstrap.pValue), "mcnemar_p": .array(tests.map { .double($0.pValue) }),
        ]
    }

    /// Comparisons in Markdown, differences times 100.
    public static func markdown(_ comparisons: [RunComparison]) -> String {
        var lines = ["| task | seeds | difference | 95 % | p | McNemar's p |", "|---|---|---|---|---|---|"]
        for comparison in comparisons {
            let bootstrap = comparison.bootstrap
            let seeds = comparison.seeds.map(String.init).joined(separator: ", ")
            let interval = [bootstrap.interval.lowerBound, bootstrap.interval.upperBound].map { number($0 * 100, 100) }
            let tests = comparison.tests.map { number($0.pValue, 10_000) }.joined(separator: ", ")
            lines.append(
                "| \(comparison.task) | \(seeds) | \(number(bootstrap.difference * 100, 100)) "
                    + "| \(interval.joined(separator: " to ")) | \(number(bootstrap.pValue, 10_000)) "
                    + "| \(tests.isEmpty ? "–" : tests) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A number with as many decimals as `scale` has zeros.
    private static func number(_ value: Double, _ scale: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        let scaled = Int((abs(value) * scale).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(scale))
        let digits = String(rest)
        let places = String(Int(scale)).count - 1
        return (value < 0 && scaled > 0 ? "-" : "") + "\(whole)."
            + String(repeating: "0", count: places - digits.count) + digits
    }
}
