/// Data for standard output, gathered and written whole.
final class StandardOutput {
    private var buffer: [UInt8] = []

    /// Writes one line.
    func line(_ text: String) throws(CommandFailure) {
        buffer += text.utf8
        buffer.append(0x0A)
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Hands everything to the system: at the end of each batch, so that a reader at the other end can go on.
    func flush() throws(CommandFailure) {
        defer { buffer.removeAll(keepingCapacity: true) }
        do {
            try POSIX.write(buffer, to: POSIX.output)
        } catch {
            throw .cannotWrite(path: "standard output", error)
        }
    }
}
