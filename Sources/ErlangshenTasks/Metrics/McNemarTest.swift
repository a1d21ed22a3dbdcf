#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether two classifiers differ on the same examples: McNemar's exact test.
///
/// Only examples count that one has right and the other wrong. If both were equally good, each would fall to either
/// side with probability ½; the test is that of a fair coin, from both sides.
public struct McNemarTest: Sendable, Equatable {
    /// Examples that the first has right and the second wrong.
    public let firstOnly: Int
    /// Examples that the second has right and the first wrong.
    public let secondOnly: Int
    /// How likely a difference of this size or more is between equals.
    public let pValue: Double

    /// Compares which examples each had right.
    ///
    /// - Throws: `unequalCounts`.
    public init(first: [Bool], second: [Bool]) throws(TaskError) {
        guard first.count == second.count else {
            throw .unequalCounts(what: "examples of the second run", expected: first.count, found: second.count)
        }
        firstOnly = zip(first, second).count { $0 && !$1 }
        secondOnly = zip(first, second).count { !$0 && $1 }
        pValue = Self.coin(firstOnly, secondOnly)
    }

    /// 2·Σ C(n, k) / 2ⁿ for k up to the smaller count, at most 1; in logarithms, as 2ⁿ is soon too large.
    static func coin(_ first: Int, _ second: Int) -> Double {
        let n = first + second
        guard first != second else { return 1 }
        var logTerm = -Double(n) * log(2.0)
        var sum = exp(logTerm)
        for k in stride(from: 1, through: min(first, second), by: 1) {
            logTerm += log(Double(n - k + 1)) - log(Double(k))
            sum += exp(logTerm)
        }
        return min(1, 2 * sum)
    }
}
