/// What happens in a run, for those who watch it.
public enum TrainingEvent: Sendable {
    /// The run goes on from a saved state; newer ones that are not valid are left as they are.
    case resumed(step: Int, rejected: [RejectedState])
    /// An update is done.
    case step(TrainingStep)
    /// The model was measured.
    case measured(step: Int, Measured, isBest: Bool)
    /// A state was saved.
    case saved(path: String)
}

/// One update.
public struct TrainingStep: Sendable, Equatable {
    /// Updates done, this one counted.
    public let step: Int
    /// Mean loss of its examples.
    public let loss: Double
    /// Norm of its gradients before clipping.
    public let gradientNorm: Double
    /// Its learning rate.
    public let rate: Double
    /// Tokens of its examples.
    public let tokenCount: Int
    /// Whether its gradients were not finite and nothing was changed.
    public let isSkipped: Bool
}

/// Figures of the development rows.
public struct Measured: Sendable, Equatable {
    /// The name of the figure that runs are compared by.
    public let name: String
    /// Its value; nil when no finite one could be made, such as a correlation of equal numbers.
    public let value: Double?
    /// Whether more is better.
    public let isHigherBetter: Bool
    /// All figures by name, the compared one among them.
    public let figures: [(name: String, value: Double)]

    /// Figures of one measuring.
    public init(name: String, value: Double?, isHigherBetter: Bool, figures: [(name: String, value: Double)]) {
        self.name = name
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
        self.isHigherBetter = isHigherBetter
        self.figures = figures
    }

    /// Whether these are better than what was the best so far.
    func isBetter(than best: Double?) -> Bool {
        guard let value else { return false }
        guard let best else { return true }
        return isHigherBetter ? value > best : value < best
    }

    /// Equal figures under equal names, in the same order.
    public static func == (first: Measured, second: Measured) -> Bool {
        first.name == second.name && first.value == second.value && first.isHigherBetter == second.isHigherBetter
            && first.figures.map(\.name) == second.figures.map(\.name)
            && first.figures.map(\.value) == second.figures.map(\.value)
    }
}

/// How a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// After its last update.
    case finished(step: Int)
    /// As the figure no longer got better.
    case stoppedEarly(step: Int)
    /// At a signal, after saving; the same run goes on with the state.
    case interrupted(step: Int, signal: Int32)
}
