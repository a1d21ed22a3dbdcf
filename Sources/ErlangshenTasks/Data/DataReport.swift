/// What was read, and what was wrong with it.
public struct DataReport: Sendable, Equatable {
    /// How often a kind of problem came, and where first.
    public struct Tally: Sendable, Equatable {
        /// Rows with the problem.
        public private(set) var count = 0
        /// Rows left out for it.
        public private(set) var droppedCount = 0
        /// The first few, in the order of the file.
        public private(set) var first: [DataProblem] = []

        static let shownCount = 5

        mutating func add(_ problem: DataProblem, isDropped: Bool) {
            count += 1
            if isDropped { droppedCount += 1 }
            if first.count < Self.shownCount { first.append(problem) }
        }
    }

    /// Examples that were handed on.
    public internal(set) var exampleCount = 0
    private var tallies: [DataProblem.Kind: Tally] = [:]

    /// The report of nothing.
    public init() {}

    /// Rows that were left out, for whatever reason.
    public var droppedCount: Int { tallies.values.reduce(0) { $0 + $1.droppedCount } }

    /// The tally of a kind of problem; zero when it never came.
    public subscript(kind: DataProblem.Kind) -> Tally { tallies[kind] ?? Tally() }

    /// Counts a problem and says whether its row is dropped.
    ///
    /// - Throws: `data`, when the policy is to stop.
    mutating func judge(_ problem: DataProblem, by policy: DataPolicy) throws(TaskError) -> Bool {
        guard let drops = policy.drops(problem.kind) else { throw .data(problem) }
        tallies[problem.kind, default: Tally()].add(problem, isDropped: drops)
        return drops
    }
}
