/// Skips updates whose gradients are not finite, and stops a run that has only those.
///
/// The counts are part of the training state: a resumed run stops at the same step as an unbroken one.
public struct DivergenceGuard: Sendable, Equatable {
    /// What to do with a step.
    public enum Verdict: Sendable, Equatable {
        /// Update the parameters.
        case update
        /// Leave parameters and moments as they are.
        case skip
    }

    /// Skipped steps in a row that stop a run.
    public static let limit = 20

    /// Steps skipped in this run.
    public private(set) var skippedCount: Int
    /// Steps skipped since the last update.
    public private(set) var skippedInARow: Int

    /// Starts with the counts of a state, or none.
    public init(skippedCount: Int = 0, skippedInARow: Int = 0) {
        self.skippedCount = skippedCount
        self.skippedInARow = skippedInARow
    }

    /// Judges a step by the norm of its gradients, before clipping; one element that is not finite makes the norm so.
    ///
    /// - Throws: `TrainingError.diverged` at the `limit`-th skipped step in a row; the counts then include it.
    public mutating func judge(gradientNorm: Double, step: Int) throws(TrainingError) -> Verdict {
        guard !gradientNorm.isFinite else {
            skippedInARow = 0
            return .update
        }
        skippedCount += 1
        skippedInARow += 1
        guard skippedInARow < DivergenceGuard.limit else { throw .diverged(step: step, skippedInARow: skippedInARow) }
        return .skip
    }
}
