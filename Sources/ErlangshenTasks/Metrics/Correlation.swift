/// How well predicted numbers follow right ones.
public enum Correlation {
    /// Pearson's correlation.
    ///
    /// - Throws: `unequalCounts`; `notMeasurable` for fewer than two numbers, or when one side never changes.
    public static func pearson(_ right: [Double], _ predicted: [Double]) throws(TaskError) -> Double {
        guard right.count == predicted.count else {
            throw .unequalCounts(what: "predicted numbers", expected: right.count, found: predicted.count)
        }
        guard right.count > 1 else { throw .notMeasurable(reason: "a correlation needs two examples or more") }
        let (a, b) = (centered(right), centered(predicted))
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let scale = squares(a).squareRoot() * squares(b).squareRoot()
        guard scale > 0, scale.isFinite else {
            throw .notMeasurable(reason: "one side is the same for every example, or not finite")
        }
        return max(-1, min(1, product / scale))
    }

    /// Spearman's correlation: Pearson's of the ranks, equal numbers sharing the mean of theirs.
    ///
    /// - Throws: as `pearson`; `notMeasurable` for numbers that are not finite.
    public static func spearman(_ right: [Double], _ predicted: [Double]) throws(TaskError) -> Double {
        guard (right + predicted).allSatisfy(\.isFinite) else {
            throw .notMeasurable(reason: "a number is not finite")
        }
        return try pearson(ranks(right), ranks(predicted))
    }

    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // Ranks count from 1: the mean of start + 1 … end.
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }

    private static func centered(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }

    private static func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
