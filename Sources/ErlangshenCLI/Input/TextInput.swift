/// A text to work on and where it stands.
struct TextItem: Equatable {
    let text: String
    /// Such as `argument 1` or `line 3 of a.txt`.
    let place: String
}

/// The texts of a command: its arguments, or the lines of files, or those of standard input.
struct TextInput {
    let command: String
    let texts: [String]
    let files: [String]

    /// Whether texts come line by line, so that replies do too.
    var isLines: Bool { texts.isEmpty }

    /// Where texts come from, in words.
    var origin: String {
        guard texts.isEmpty else { return "the arguments" }
        return files.isEmpty ? "standard input" : files.joined(separator: ", ")
    }

    /// Calls `body` with batches of at most `limit` texts, as soon as they are at hand.
    func forEachBatch(
        _ limit: Int, progress: Progress, _ body: ([TextItem]) throws -> Void
    ) throws {
        guard texts.isEmpty || files.isEmpty else { throw CommandFailure.textAndFiles }
        guard texts.isEmpty else { return try forEachArgument(limit, body) }
        let sources = files.isEmpty ? ["-"] : files
        if files.isEmpty, POSIX.isTerminal(POSIX.input) { throw CommandFailure.noText(command: command) }
        for path in sources {
            if path == "-" {
                try readLines(POSIX.input, "standard input", limit, progress, body)
            } else {
                let descriptor = try Self.open(path)
                defer { POSIX.close(descriptor) }
                try readLines(descriptor, path, limit, progress, body)
            }
        }
        progress.finish()
    }

    private func forEachArgument(_ limit: Int, _ body: ([TextItem]) throws -> Void) throws {
        for start in stride(from: 0, to: texts.count, by: limit) {
            let indices = start..<min(start + limit, texts.count)
            try body(indices.map { TextItem(text: texts[$0], place: "argument \($0 + 1)") })
        }
    }

    private func readLines(
        _ descriptor: Int32, _ name: String, _ limit: Int, _ progress: Progress, _ body: ([TextItem]) throws -> Void
    ) throws {
        progress.begin(totalBytes: POSIX.regularFileSize(descriptor))
        var reader = LineReader(name: name, descriptor: descriptor)
        while true {
            let lines = try reader.next(limit)
            guard !lines.isEmpty else { return }
            try body(lines.map { TextItem(text: $0.text, place: "line \($0.number) of \(name)") })
            progress.advance(lines: lines.count, bytes: lines.reduce(0) { $0 + $1.byteCount })
        }
    }

    static func open(_ path: String) throws(CommandFailure) -> Int32 {
        if POSIX.isDirectory(path) { throw .cannotRead(path: path, .isDirectory) }
        do {
            return try POSIX.open(path)
        } catch {
            throw .cannotRead(path: path, error)
        }
    }
}
