#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The learning rate of every step of a run.
///
/// A function of the step alone, so that a resumed run needs nothing but the step. Step 0 is the first update; the
/// values are those that `transformers.get_scheduler` sets before it, to the last operation.
public struct LearningRateSchedule: Sendable, Equatable {
    /// What the rate does after warm-up; `p` is the part of the remaining steps that is over, from 0 to 1.
    public enum Shape: Sendable, Equatable {
        /// The rate from the first step on.
        case constant
        /// The rate once it is warm.
        case constantWithWarmup
        /// Falls to zero: `1 − p`.
        case linear
        /// Falls along a cosine, `(1 + cos 2πcp) / 2`; half a cycle ends at zero.
        case cosine(cycles: Double)
        /// Falls along half a cosine `cycles` times, each time from the full rate.
        case cosineWithRestarts(cycles: Int)
        /// Falls to the rate `end`: `(rate − end)·(1 − p)^power + end`, and stays there.
        case polynomial(power: Double, end: Double)
        /// Falls as `1 / √(1 + (step − warm-up) / timescale)`; the time scale is the warm-up, or 10,000 without one.
        case inverseSqrt(timescale: Int?)
        /// What the fengshen framework computes for its `inverse_sqrt`: up in a line to `peak − rate` instead of `peak`,
        /// then `peak·√(warm-up / step)`. The leap between the two is a defect of the original, kept for comparisons.
        case fengshenInverseSqrt(peak: Double)

        /// The name on a command line and in files, that of transformers where it has the shape.
        public var name: String {
            switch self {
            case .constant: "constant"
            case .constantWithWarmup: "constant_with_warmup"
            case .linear: "linear"
            case .cosine: "cosine"
            case .cosineWithRestarts: "cosine_with_restarts"
            case .polynomial: "polynomial"
            case .inverseSqrt: "inverse_sqrt"
            case .fengshenInverseSqrt: "fengshen_inverse_sqrt"
            }
        }
    }

    /// What the rate does after warm-up.
    public let shape: Shape
    /// The rate when warm.
    public let rate: Double
    /// Steps over which the rate rises from zero in a line; whole but for `Warmup.unroundedRatio`.
    public let warmupSteps: Double
    /// Updates of the whole run.
    public let stepCount: Int

    /// Plans the rates of a run.
    ///
    /// - Parameters:
    ///   - shape: what the rate does after warm-up.
    ///   - rate: the rate when warm, above zero.
    ///   - warmup: how long the rate rises.
    ///   - stepCount: updates of the whole run.
    /// - Throws: `TrainingError.invalidSetting` for a number out of range, a warm-up longer than the run, and a warm-up
    ///   with the shape `constant`, which has none.
    public init(
        _ shape: Shape, rate: Double, warmup: Warmup = .steps(0), stepCount: Int
    ) throws(TrainingError) {
        try self.init(shape, rate: rate, exactWarmup: try warmup.steps(of: stepCount), stepCount: stepCount)
    }

    /// The same with the steps of warm-up as they are, from 0 to `stepCount`.
    init(_ shape: Shape, rate: Double, exactWarmup: Double, stepCount: Int) throws(TrainingError) {
        guard stepCount >= 0 else { throw .invalidSetting("steps", "\(stepCount)", expected: "0 or more") }
        guard rate.isFinite, rate > 0 else {
            throw .invalidSetting("learning rate", "\(rate)", expected: "a number above 0")
        }
        self.shape = shape
        self.rate = rate
        self.warmupSteps = exactWarmup
        self.stepCount = stepCount
        try check()
    }

    private func check() throws(TrainingError) {
        switch shape {
        case .constant:
            guard warmupSteps == 0 else {
                throw .invalidSetting("warm-up", "\(warmupSteps) steps", expected: "none, or constant_with_warmup")
            }
        case .constantWithWarmup, .linear: break
        case .cosine(let cycles):
            guard cycles.isFinite, cycles > 0 else {
                throw .invalidSetting("cycles", "\(cycles)", expected: "a number above 0")
            }
        case .cosineWithRestarts(let cycles):
            guard cycles >= 1 else { throw .invalidSetting("cycles", "\(cycles)", expected: "1 or more") }
        case .polynomial(let power, let end):
            guard power.isFinite, power > 0 else {
                throw .invalidSetting("power", "\(power)", expected: "a number above 0")
            }
            guard end >= 0, end < rate else {
                throw .invalidSetting("end rate", "\(end)", expected: "0 or more and less than the rate \(rate)")
            }
        case .inverseSqrt(let timescale):
            if let timescale, timescale < 1 {
                throw .invalidSetting("timescale", "\(timescale)", expected: "1 or more")
            }
        case .fengshenInverseSqrt(let peak):
            guard peak.isFinite, peak > 0 else {
                throw .invalidSetting("peak rate", "\(peak)", expected: "a number above 0")
            }
            guard warmupSteps > 0 else {
                throw .invalidSetting("warm-up", "0 steps", expected: "more: this schedule divides by it")
            }
        }
    }

    /// The rate of an update.
    ///
    /// - Parameter step: updates done before it; beyond the run the rate stays where its shape leaves it.
    public func rate(at step: Int) -> Double {
        let now = Double(step)
        if case .fengshenInverseSqrt(let peak) = shape {
            return now < warmupSteps
                ? (peak - rate) / warmupSteps * now : peak * pow(warmupSteps, 0.5) * pow(now, -0.5)
        }
        return rate * (now < warmupSteps ? now / max(1, warmupSteps) : factor(at: now))
    }

    /// What the rate is multiplied by at a step after warm-up; the operations and their order are the reference's.
    private func factor(at now: Double) -> Double {
        let (since, remaining) = (now - warmupSteps, max(1, Double(stepCount) - warmupSteps))
        switch shape {
        case .constant, .constantWithWarmup, .fengshenInverseSqrt: return 1
        case .linear: return max(0, (Double(stepCount) - now) / remaining)
        case .cosine(let cycles):
            return max(0, 0.5 * (1 + cos(.pi * cycles * 2 * (since / remaining))))
        case .cosineWithRestarts(let cycles):
            guard since / remaining < 1 else { return 0 }
            let phase = (Double(cycles) * (since / remaining)).truncatingRemainder(dividingBy: 1)
            return max(0, 0.5 * (1 + cos(.pi * phase)))
        case .polynomial(let power, let end):
            guard now < Double(stepCount) else { return end / rate }
            let left = 1 - since / (Double(stepCount) - warmupSteps)
            return ((rate - end) * pow(left, power) + end) / rate
        case .inverseSqrt(let timescale):
            let scale = timescale.map(Double.init) ?? (warmupSteps == 0 ? 10_000 : warmupSteps)
            return 1 / ((now + (scale - warmupSteps)) / scale).squareRoot()
        }
    }
}
