/// Which of the saved states stay.
public struct Retention: Sendable, Equatable {
    /// The newest so many.
    public let keepLast: Int
    /// The best so many by their metric; states without one do not count.
    public let keepBest: Int
    /// Whether a larger metric is a better one.
    public let isHigherBetter: Bool

    /// Keeps the newest and the best states, at least one of the newest.
    ///
    /// - Throws: `TrainingError.invalidSetting` for a number out of range.
    public init(keepLast: Int = 2, keepBest: Int = 1, isHigherBetter: Bool = true) throws(TrainingError) {
        guard keepLast >= 1 else { throw .invalidSetting("keep-last", "\(keepLast)", expected: "1 or more") }
        guard keepBest >= 0 else { throw .invalidSetting("keep-best", "\(keepBest)", expected: "0 or more") }
        self.keepLast = keepLast
        self.keepBest = keepBest
        self.isHigherBetter = isHigherBetter
    }

    /// The steps to keep; of two equal metrics the earlier is the better.
    func kept(_ states: [(step: Int, metric: Double?)]) -> Set<Int> {
        let last = states.map(\.step).sorted(by: >).prefix(keepLast)
        var measured: [(step: Int, metric: Double)] = []
        for state in states {
            if let metric = state.metric { measured.append((state.step, metric)) }
        }
        measured.sort { first, second in
            if first.metric == second.metric { return first.step < second.step }
            return isHigherBetter == (first.metric > second.metric)
        }
        let best = measured.prefix(keepBest).map(\.step)
        return Set(last).union(best)
    }
}
