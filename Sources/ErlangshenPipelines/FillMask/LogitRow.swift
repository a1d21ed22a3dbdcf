#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One row of logits over the vocabulary, read as a probability distribution.
///
/// log p(i) = logits[i] − log Σ exp(logits), summed in `Double`.
struct LogitRow {
    let logits: ArraySlice<Float>  // [V]
    private let largest: Double
    /// log Σ exp(logits − largest).
    private let logSum: Double

    /// Shapes: logits [V].
    /// - Throws: ``PipelineError/notFinite`` when the logits hold NaN or +∞: no distribution follows from them.
    init(_ logits: ArraySlice<Float>) throws(PipelineError) {
        var largest = -Float.infinity
        for value in logits where value > largest { largest = value }
        var sum = 0.0
        for value in logits { sum += exp(Double(value) - Double(largest)) }
        guard sum.isFinite, largest.isFinite else { throw .notFinite }
        self.logits = logits
        self.largest = Double(largest)
        logSum = log(sum)
    }

    /// The natural logarithm of the probability of one token.
    func logProbability(_ token: Int) -> Double {
        Double(logits[logits.startIndex + token]) - largest - logSum
    }

    /// The probability of one token.
    func probability(_ token: Int) -> Double { exp(logProbability(token)) }

    /// The `count` likeliest tokens, best first, the lower id first among equals.
    func top(_ count: Int, where isAllowed: (Int) -> Bool = { _ in true }) -> [Int] {
        let limit = min(count, logits.count)
        guard limit > 0 else { return [] }
        return limit > Self.insertionLimit ? topBySorting(limit, isAllowed) : topByInsertion(limit, isAllowed)
    }

    /// How many tokens are strictly likelier than this one.
    func countAbove(_ token: Int) -> Int {
        let value = logits[logits.startIndex + token]
        return logits.reduce(into: 0) { count, other in if other > value { count += 1 } }
    }

    /// Above this, keeping a short sorted list costs more than sorting everything once.
    private static let insertionLimit = 64

    private func topBySorting(_ limit: Int, _ isAllowed: (Int) -> Bool) -> [Int] {
        let base = logits.startIndex
        let ranked = (0..<logits.count).filter(isAllowed).sorted { left, right in
            let (a, b) = (logits[base + left], logits[base + right])
            return a == b ? left < right : a > b
        }
        return Array(ranked.prefix(limit))
    }

    private func topByInsertion(_ limit: Int, _ isAllowed: (Int) -> Bool) -> [Int] {
        let base = logits.startIndex
        var best: [Int] = []
        best.reserveCapacity(limit + 1)
        for token in 0..<logits.count {
            let value = logits[base + token]
            if best.count == limit, let last = best.last, value <= logits[base + last] { continue }
            guard isAllowed(token) else { continue }
            var place = best.count
            while place > 0, logits[base + best[place - 1]] < value { place -= 1 }
            best.insert(token, at: place)
            if best.count > limit { best.removeLast() }
        }
        return best
    }
}
