import Synchronization

/// A line on standard error: how much of the inputs is read, at what rate, and how long the rest will take.
///
/// On a terminal it is written over, elsewhere it comes every 30 seconds; never with `--quiet`.
final class RateLine: Sendable {
    private struct State {
        var first: (time: Double, text: Int, packed: Int)?
        var lastShown: Double
        var isOnScreen = false
    }

    private let style: ProgressLine.Style
    private let state: Mutex<State>

    init(isQuiet: Bool) {
        style = ProgressLine.style(isQuiet: isQuiet)
        state = Mutex(State(lastShown: POSIX.seconds()))
    }

    /// Notes how far the work is; `total` is nil where the end is unknown.
    func update(textBytes: Int, packedBytes: Int, total: Int?) {
        let pause: Double
        switch style {
        case .terminal: pause = 0.5
        case .plain(let seconds): pause = seconds
        case .none: return
        }
        let now = POSIX.seconds()
        state.withLock { state in
            let first = state.first ?? (now, textBytes, packedBytes)
            state.first = first
            guard now - state.lastShown >= pause, now > first.time else { return }
            state.lastShown = now
            state.isOnScreen = style == .terminal
            let line = Self.line(
                textBytes: textBytes, packedBytes: packedBytes, total: total, seconds: now - first.time,
                textDone: textBytes - first.text, packedDone: packedBytes - first.packed)
            StandardError.write(style == .terminal ? "\r\u{1B}[K" + line : "erlangshen: " + line + "\n")
        }
    }

    /// Wipes the line.
    func finish() {
        state.withLock { state in
            if state.isOnScreen { StandardError.write("\r\u{1B}[K") }
            state.isOnScreen = false
        }
    }

    /// The text of the line, such as `1200 MB of text, 35.2 MB/s, 40%, 0:52 left`.
    ///
    /// - Parameters:
    ///   - textBytes: text read in all, with what an earlier call read.
    ///   - packedBytes: bytes of the inputs that it came from.
    ///   - total: bytes of all inputs.
    ///   - seconds: since the first figures were noted.
    ///   - textDone: text read in this time.
    ///   - packedDone: bytes of the inputs read in this time.
    static func line(
        textBytes: Int, packedBytes: Int, total: Int?, seconds: Double, textDone: Int, packedDone: Int
    ) -> String {
        let rate = Double(textDone) / seconds / 1e6
        var text = "\(textBytes / 1_000_000) MB of text, \(NumberText.fixed(rate, 1)) MB/s"
        if let total, total > 0, packedDone > 0, packedBytes <= total {
            let left = seconds * Double(total - packedBytes) / Double(packedDone)
            text += ", \(packedBytes * 100 / total)%, \(ProgressLine.clock(left)) left"
        }
        return text
    }
}
