public import ErlangshenJSON

/// Reads `metrics.jsonl`: one JSON object a line, each with a `step`.
public enum MetricsFile {
    /// One line.
    public struct Entry: Sendable, Equatable {
        /// Updates done.
        public let step: Int
        /// The whole object; what was not a finite number is `null`.
        public let values: JSONValue
    }

    /// Bytes of a line accepted.
    static let maximumLineByteCount = 1 << 16

    /// What a stretch of the file up to a line feed, or its end, is.
    enum Line {
        case entry(Entry)
        case broken(String)
    }

    /// Reads a file to its end, a line at a time.
    ///
    /// - Throws: `TrainingError.metrics` with the first line that is none, or the system's refusal.
    public static func forEach(in path: String, _ body: (Entry) -> Void) throws(TrainingError) {
        var broken: (line: Int, reason: String)?
        try scan(path) { line, number, _ in
            switch line {
            case .entry(let entry): body(entry)
            case .broken(let reason): broken = broken ?? (number, reason)
            }
        }
        if let broken { throw .metrics(path: path, line: broken.line, reason: broken.reason) }
    }

    /// Calls `body` with every line, its number from 1 and the offset behind it.
    static func scan(_ path: String, _ body: (Line, Int, Int) -> Void) throws(TrainingError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        do {
            let file = try StateFileReader(name, in: folder)
            try scan(file, body)
        } catch {
            throw .unreadable(path: path, error)
        }
    }

    private static func scan(
        _ file: borrowing StateFileReader, _ body: (Line, Int, Int) -> Void
    ) throws(StateFault) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
        defer { room.deallocate() }
        var (held, number, end, isTooLong): ([UInt8], Int, Int, Bool) = ([], 0, 0, false)
        while true {
            let filled = try file.read(into: room)
            guard filled > 0 else { break }
            var rest = room[..<filled]
            while let feed = rest.firstIndex(of: 0x0A) {
                held.append(contentsOf: rest[rest.startIndex..<feed])
                end += rest.distance(from: rest.startIndex, to: feed) + 1
                number += 1
                body(isTooLong ? .broken("it is too long") : line(held), number, end)
                (held, isTooLong) = ([], false)
                rest = rest[(feed + 1)...]
            }
            end += rest.count
            held.append(contentsOf: rest)
            if held.count > maximumLineByteCount { (held, isTooLong) = ([], true) }
        }
        if !held.isEmpty || isTooLong { body(.broken("it has no end"), number + 1, end) }
    }

    private static func line(_ bytes: [UInt8]) -> Line {
        guard bytes.count <= maximumLineByteCount else { return .broken("it is too long") }
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { return .broken("\(error)") }
        guard let step = value["step"]?.intValue, step >= 0 else { return .broken("it has no step") }
        return .entry(Entry(step: step, values: value))
    }
}
