/// A line on a terminal's standard error: how far long work is, at what rate, and how long it will take.
///
/// Silent for the first two seconds, and always where standard error is no terminal.
final class Progress {
    private let isShown: Bool
    private let start = POSIX.seconds()
    private var lastShown = 0.0
    private var fileStart = 0.0
    private var totalBytes: Int?
    private var doneBytes = 0
    private var doneLines = 0
    private var isOnScreen = false

    init(isQuiet: Bool) { isShown = !isQuiet && POSIX.isTerminal(POSIX.error) }

    /// Starts counting a file; `totalBytes` is nil where the end is unknown.
    func begin(totalBytes: Int?) {
        self.totalBytes = totalBytes
        doneBytes = 0
        fileStart = POSIX.seconds()
    }

    func advance(lines: Int, bytes: Int) {
        doneLines += lines
        doneBytes += bytes
        let now = POSIX.seconds()
        guard isShown, now - start > 2, now - lastShown > 0.5 else { return }
        lastShown = now
        isOnScreen = true
        StandardError.write(
            "\r\u{1B}[K"
                + Self.line(
                    lines: doneLines, seconds: now - start, fileSeconds: now - fileStart, doneBytes: doneBytes,
                    totalBytes: totalBytes))
    }

    /// Wipes the line.
    func finish() {
        if isOnScreen { StandardError.write("\r\u{1B}[K") }
        isOnScreen = false
    }

    /// The text of the line, such as `1200 lines, 400/s, 35%, 0:06 left`.
    static func line(lines: Int, seconds: Double, fileSeconds: Double, doneBytes: Int, totalBytes: Int?) -> String {
        var text = "\(lines) lines, \(Int(Double(lines) / max(seconds, 1e-9)))/s"
        if let totalBytes, totalBytes > 0, doneBytes > 0, doneBytes <= totalBytes {
            let left = Int(fileSeconds * Double(totalBytes - doneBytes) / Double(doneBytes))
            let rest = left % 60
            text += ", \(doneBytes * 100 / totalBytes)%, \(left / 60):\(rest < 10 ? "0" : "")\(rest) left"
        }
        return text
    }
}
