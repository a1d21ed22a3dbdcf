/// A clock that stands still while nothing is learnt.
struct WorkingClock {
    private let start = POSIX.seconds()
    private var stepCount = 0
    private var hasEstimated = false
    private var otherSeconds = 0.0
    private var last: Double?

    /// Steps and seconds after which the time of the whole run is told.
    private static let (estimateSteps, estimateSeconds) = (5, 2.0)

    /// Seconds, those of measuring and saving left out.
    var now: Double { POSIX.seconds() - otherSeconds }

    /// A step is done.
    mutating func tick() {
        stepCount += 1
        last = POSIX.seconds()
    }

    /// What was done since the last step or pause was no step.
    mutating func pause() {
        let present = POSIX.seconds()
        otherSeconds += last.map { present - $0 } ?? 0
        last = present
    }

    /// Seconds of a step, once, when enough of them are done.
    mutating func estimate() -> Double? {
        let seconds = now - start
        guard !hasEstimated, stepCount >= Self.estimateSteps, seconds > Self.estimateSeconds else { return nil }
        hasEstimated = true
        return seconds / Double(stepCount)
    }
}
