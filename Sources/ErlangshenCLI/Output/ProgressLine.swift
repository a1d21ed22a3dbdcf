/// How far a training run is: steps, loss, rate, time left.
///
/// A value without a clock or a descriptor: it is told the time and returns what to write on standard error.
struct ProgressLine {
    enum Style: Equatable {
        /// One line that is written over.
        case terminal
        /// A line of its own every so many seconds: for pipes and log files.
        case plain(everySeconds: Double)
        /// Nothing, as for `--quiet`.
        case none
    }

    /// What suits standard error.
    static func style(isQuiet: Bool) -> Style {
        isQuiet ? .none : POSIX.isTerminal(POSIX.error) ? .terminal : .plain(everySeconds: 30)
    }

    private static let terminalSeconds = 0.2
    /// Weight of the past in the mean of the loss: of the last fifty steps, about.
    private static let lossWeight = 0.98

    private let style: Style
    private let stepCount: Int
    private let firstStep: Int
    private let start: Double
    private var step: Int
    private var tokenCount = 0
    private var lossMean = 0.0
    private var lossTotal = 0.0
    private var lastShown: Double
    private var isOnScreen = false

    /// Starts at `step` of a run of `stepCount`; `now` is in seconds of any clock that does not go back.
    init(_ style: Style, stepCount: Int, startingAt step: Int = 0, now: Double) {
        self.style = style
        self.stepCount = stepCount
        firstStep = step
        self.step = step
        start = now
        lastShown = now
    }

    /// Notes that a step is done, and returns what to write.
    mutating func update(step: Int, loss: Double, tokenCount: Int, now: Double) -> String {
        self.step = step
        self.tokenCount += tokenCount
        if loss.isFinite {
            lossMean = Self.lossWeight * lossMean + (1 - Self.lossWeight) * loss
            lossTotal = Self.lossWeight * lossTotal + (1 - Self.lossWeight)
        }
        let pause =
            switch style {
            case .terminal: Self.terminalSeconds
            case .plain(let seconds): seconds
            case .none: Double.infinity
            }
        guard now - lastShown >= pause else { return "" }
        lastShown = now
        return show(now)
    }

    /// What to write at the end: the last state of the line, which then stays.
    mutating func finish(now: Double) -> String {
        guard style != .none, step > firstStep else { return "" }
        let text = show(now)
        isOnScreen = false
        return style == .terminal ? text + "\n" : text
    }

    /// What to write ahead of a remark, so that it does not stand in the line.
    mutating func wipe() -> String {
        defer { isOnScreen = false }
        return isOnScreen ? "\r\u{1B}[K" : ""
    }

    private mutating func show(_ now: Double) -> String {
        guard style == .terminal else { return "erlangshen: " + line(now) + "\n" }
        isOnScreen = true
        return "\r\u{1B}[K" + line(now)
    }

    private func line(_ now: Double) -> String {
        let seconds = max(now - start, 1e-9)
        var text = "step \(step)/\(stepCount)"
        if lossTotal > 0 { text += ", loss \(NumberText.fixed(lossMean / lossTotal, 4))" }
        text += ", \(Int(Double(tokenCount) / seconds)) tokens/s"
        let done = step - firstStep
        if done > 0, step < stepCount {
            text += ", \(Self.clock(seconds / Double(done) * Double(stepCount - step))) left"
        }
        return text
    }

    /// Seconds as `0:07`, `12:05` or `3:00:10`.
    static func clock(_ seconds: Double) -> String {
        guard let total = Int(exactly: seconds.rounded()) else { return "?" }
        func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
