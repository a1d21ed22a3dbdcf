public import ErlangshenTasks

/// The figures of a model on rows of a task.
public struct Evaluation: Sendable {
    /// The figures of one label or type of entity.
    public struct ClassFigures: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Share of its predictions that are right.
        public let precision: Double
        /// Share of it that was found.
        public let recall: Double
        /// The harmonic mean of both.
        public let f1: Double
        /// How often it is right.
        public let support: Int
    }

    /// The figure that runs are compared by.
    public let metric: TaskMetric
    /// All figures, the compared one first.
    public let figures: [(name: String, value: Double)]
    /// The figures of each label or type; empty for tasks without.
    public let classes: [ClassFigures]
    /// Rows by right label, columns by predicted label; nil for tasks without labels of rows. `[labels, labels]`
    public let confusion: [[Int]]?
    /// How well each row was answered, for comparisons row by row: 1 or 0 for labels, F1 for entities, the mean of
    /// match and F1 for answers, less the squared error for numbers, the log-likelihood for probabilities.
    public let rowScores: [Double]

    /// The compared figure; nil when none could be made.
    public var value: Double? { figures.first { $0.name == metric.figureName }?.value }

    init(
        metric: TaskMetric, figures: [(name: String, value: Double)], classes: [ClassFigures] = [],
        confusion: [[Int]]? = nil, rowScores: [Double]
    ) {
        self.metric = metric
        self.figures = figures.filter { $0.name == metric.figureName } + figures.filter { $0.name != metric.figureName }
        self.classes = classes
        self.confusion = confusion
        self.rowScores = rowScores
    }

    /// The figures as a run notes them.
    public var measured: Measured {
        Measured(
            name: metric.figureName, value: value, isHigherBetter: metric.isHigherBetter, figures: figures)
    }
}

extension TaskMetric {
    /// The name of the figure in records and tables.
    public var figureName: String {
        switch self {
        case .accuracy: "accuracy"
        case .macroF1: "macro_f1"
        case .entityF1: "entity_f1"
        case .exactMatchAndF1: "match_and_f1"
        case .crossEntropy: "cross_entropy"
        case .spearman: "spearman"
        }
    }

    /// Whether more is better.
    public var isHigherBetter: Bool { self != .crossEntropy }
}
