/// Talk for standard error; a failure to talk is no failure of the work.
enum StandardError {
    /// Writes text as it is.
    static func write(_ text: String) { try? POSIX.write(Array(text.utf8), to: POSIX.error) }

    /// Writes one line in the voice of the program; what it quotes cannot steer the terminal.
    static func say(_ text: String) { write("erlangshen: \(text.printable)\n") }
}
