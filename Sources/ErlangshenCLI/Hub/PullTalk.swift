import ErlangshenHub
import Synchronization

/// What is said on standard error while a model is fetched: how much is there, at what rate, how long the rest takes.
final class PullTalk: Sendable {
    private struct State {
        var progress = PullProgress()
        var lastShown: Double
        var isOnScreen = false
    }

    private let isQuiet: Bool
    private let style: ProgressLine.Style
    private let state: Mutex<State>

    init(isQuiet: Bool, showsProgress: Bool) {
        self.isQuiet = isQuiet
        style = ProgressLine.style(isQuiet: isQuiet || !showsProgress)
        state = Mutex(State(lastShown: POSIX.seconds()))
    }

    /// Takes part in what happens; from any thread.
    func tell(_ event: PullEvent) {
        let now = POSIX.seconds()
        state.withLock { state in
            state.progress.note(event, now: now)
            if case .retrying(let seconds, let error) = event, !isQuiet {
                wipe(&state)
                StandardError.say("note: \(error); trying again" + Self.pause(seconds))
            }
            show(&state, now)
        }
    }

    /// Wipes the line.
    func finish() { state.withLock { wipe(&$0) } }

    private func show(_ state: inout State, _ now: Double) {
        let pause: Double
        switch style {
        case .terminal: pause = 0.2
        case .plain(let seconds): pause = seconds
        case .none: return
        }
        guard now - state.lastShown >= pause, let line = state.progress.line(now: now) else { return }
        state.lastShown = now
        state.isOnScreen = style == .terminal
        StandardError.write(style == .terminal ? "\r\u{1B}[K" + line : "erlangshen: " + line + "\n")
    }

    private func wipe(_ state: inout State) {
        if state.isOnScreen { StandardError.write("\r\u{1B}[K") }
        state.isOnScreen = false
    }

    private static func pause(_ seconds: Double) -> String {
        seconds > 0 ? " in \(NumberText.fixed(seconds, seconds < 10 ? 1 : 0)) s" : ""
    }
}
