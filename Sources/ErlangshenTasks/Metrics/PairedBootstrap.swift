import ErlangshenRandom

/// How far the difference of two runs on the same examples may be chance: the paired bootstrap.
///
/// The examples are drawn anew, with replacement, many times; both runs are scored on each draw. The same seed gives
/// the same draws. (B. Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13.)
public struct PairedBootstrap: Sendable, Equatable {
    /// Mean of the first run less mean of the second.
    public let difference: Double
    /// The middle 95 % of the differences that were drawn, ends interpolated.
    public let interval: ClosedRange<Double>
    /// Twice the share of draws in which the sign is not that of `difference`, at most 1; never 0, as (count + 1) /
    /// (draws + 1) is used.
    public let pValue: Double
    /// How often the examples were drawn.
    public let drawCount: Int

    private static let purpose: UInt32 = 3

    /// Compares a score of each example, such as 1 for right and 0 for wrong.
    ///
    /// - Parameters:
    ///   - first: a score for each example.
    ///   - second: a score for each example, in the same order.
    ///   - seed: of the draws.
    ///   - drawCount: how often to draw, 100 to 1,000,000.
    /// - Throws: `unequalCounts`; `notMeasurable` without examples or for scores that are not finite;
    ///   `invalidSetting`.
    public init(first: [Double], second: [Double], seed: UInt64, drawCount: Int = 10_000) throws(TaskError) {
        guard first.count == second.count else {
            throw .unequalCounts(what: "examples of the second run", expected: first.count, found: second.count)
        }
        guard (100...1_000_000).contains(drawCount) else {
            throw .invalidSetting(name: "draws", value: drawCount, expected: "from 100 to 1000000")
        }
        let differences = zip(first, second).map { $0 - $1 }
        guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else {
            throw .notMeasurable(reason: "there is no example, or a score is not finite")
        }
        let count = differences.count
        let observed = differences.reduce(0, +) / Double(count)
        var means: [Double] = []
        means.reserveCapacity(drawCount)
        for draw in 0..<drawCount {
            var stream = PhiloxStream(seed: seed, purpose: Self.purpose, number: UInt32(draw))
            var sum = 0.0
            for _ in 0..<count { sum += differences[stream.next(below: count)] }
            means.append(sum / Double(count))
        }
        means.sort()
        let against = observed > 0 ? means.count { $0 <= 0 } : means.count { $0 >= 0 }
        difference = observed
        interval = Self.quantile(0.025, of: means)...Self.quantile(0.975, of: means)
        pValue = min(1, 2 * Double(against + 1) / Double(drawCount + 1))
        self.drawCount = drawCount
    }

    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let lower = Int(place)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
    }
}
