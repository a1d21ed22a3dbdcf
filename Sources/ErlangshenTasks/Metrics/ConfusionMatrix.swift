/// How often each label was predicted where each label is right, and the figures that follow from it.
public struct ConfusionMatrix: Sendable, Equatable {
    /// Rows by right label, columns by predicted label. `[labels, labels]`
    public let counts: [[Int]]

    /// The figures of one label.
    public struct LabelScore: Sendable, Equatable {
        /// Share of its predictions that are right; 0 when there is none.
        public let precision: Double
        /// Share of its examples that were found; 0 when there is none.
        public let recall: Double
        /// 2·precision·recall / (precision + recall); 0 when both are.
        public let f1: Double
        /// Examples of the label.
        public let support: Int
    }

    /// Counts pairs of right and predicted labels.
    ///
    /// - Throws: `unequalCounts`; `notMeasurable` without examples or for a number that is no label.
    public init(right: [Int], predicted: [Int], labelCount: Int) throws(TaskError) {
        guard right.count == predicted.count else {
            throw .unequalCounts(what: "predicted labels", expected: right.count, found: predicted.count)
        }
        guard !right.isEmpty else { throw .notMeasurable(reason: "there is no example") }
        var counts = [[Int]](repeating: [Int](repeating: 0, count: max(0, labelCount)), count: max(0, labelCount))
        for (row, column) in zip(right, predicted) {
            guard counts.indices.contains(row), counts.indices.contains(column) else {
                throw .notMeasurable(reason: "label \(row) or \(column) is not below \(labelCount)")
            }
            counts[row][column] += 1
        }
        self.counts = counts
    }

    /// Examples in all.
    public var exampleCount: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    private var rightCount: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// Share of right predictions.
    public var accuracy: Double { Double(rightCount) / Double(exampleCount) }

    /// Precision, recall, F1 and support of each label.
    public var labelScores: [LabelScore] {
        counts.indices.map { label in
            let hits = counts[label][label]
            let support = counts[label].reduce(0, +)
            let predictions = counts.reduce(0) { $0 + $1[label] }
            return LabelScore(
                precision: Self.share(hits, of: predictions), recall: Self.share(hits, of: support),
                f1: Self.share(2 * hits, of: predictions + support), support: support)
        }
    }

    /// The mean F1 of the labels that were right or predicted at least once.
    public var macroF1: Double {
        let present = counts.indices.filter { label in
            counts[label].contains { $0 > 0 } || counts.contains { $0[label] > 0 }
        }
        let scores = labelScores
        return present.reduce(0) { $0 + scores[$1].f1 } / Double(max(1, present.count))
    }

    /// Matthews' correlation for any number of labels (Gorodkin 2004); 0 when one side knows one label only.
    public var matthewsCorrelation: Double {
        let total = Double(exampleCount)
        let rows = counts.map { Double($0.reduce(0, +)) }
        let columns = counts.indices.map { label in Double(counts.reduce(0) { $0 + $1[label] }) }
        let covariance = Double(rightCount) * total - zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 }
        let right = total * total - rows.reduce(0) { $0 + $1 * $1 }
        let predicted = total * total - columns.reduce(0) { $0 + $1 * $1 }
        return right * predicted > 0 ? covariance / (right * predicted).squareRoot() : 0
    }

    /// The share of the most frequent right label: what always guessing it reaches.
    public var majorityShare: Double {
        Double(counts.map { $0.reduce(0, +) }.max() ?? 0) / Double(exampleCount)
    }

    private static func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
