/// How long the learning rate rises.
public enum Warmup: Sendable, Equatable {
    /// So many updates.
    case steps(Int)
    /// A part of all updates, rounded up to whole ones, as transformers' `Trainer` does.
    case ratio(Double)
    /// A part of all updates, not rounded, as the fengshen framework does.
    case unroundedRatio(Double)

    /// The updates it takes of a run of `count`.
    func steps(of count: Int) throws(TrainingError) -> Double {
        guard count >= 0 else { throw .invalidSetting("steps", "\(count)", expected: "0 or more") }
        switch self {
        case .steps(let steps):
            guard (0...count).contains(steps) else {
                throw .invalidSetting("warm-up", "\(steps) steps", expected: "0 to the \(count) of the run")
            }
            return Double(steps)
        case .ratio(let ratio), .unroundedRatio(let ratio):
            guard (0...1).contains(ratio) else {
                throw .invalidSetting("warm-up ratio", "\(ratio)", expected: "a number from 0 to 1")
            }
            let steps = Double(count) * ratio
            if case .ratio = self { return steps.rounded(.up) }
            return steps
        }
    }
}
