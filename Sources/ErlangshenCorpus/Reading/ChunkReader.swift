/// Cuts one input into chunks of records.
///
/// *Memory:* a chunk of about a megabyte, or the largest record that is permitted.
final class ChunkReader {
    /// Bytes at which a chunk ends.
    private static let targetByteCount = 1 << 20
    private static let stepByteCount = 1 << 17

    let stream: InputStream
    private let settings: ReadingSettings
    private let input: Int
    private var scanner: any RecordScanner = LineScanner()
    private var isJSON = false
    private var bytes: [UInt8] = []
    private var isAtEnd = false
    private var isOver = false
    /// Whether the record that is being walked over was too long: its bytes are dropped as they come.
    private var isDropping = false
    private var line = 1
    /// Bytes of the buffer whose lines are counted in `line`.
    private var countedEnd = 0
    private(set) var recordCount = 0

    init(path: String, input: Int, settings: ReadingSettings) throws(CorpusError) {
        stream = try InputStream(path: path, settings: settings)
        self.settings = settings
        self.input = input
        while bytes.count < Self.stepByteCount, try readMore() {}
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        choose(settings.format == .auto ? Self.format(of: bytes) : settings.format)
    }

    /// The next records; nil after the last.
    func next(packedBefore: Int) throws(CorpusError) -> RecordChunk? {
        guard !isOver else { return nil }
        var records: [RecordSpan] = []
        let first = recordCount
        while !isOver {
            let event = bytes.withUnsafeBufferPointer { scanner.next(in: $0, atEnd: isAtEnd) }
            switch event {
            case .record(let end): take(end, into: &records)
            case .needsMore:
                dropIfTooLong(&records)
                _ = try readMore()
            case .over(let fault):
                isOver = true
                if let fault {
                    add(RecordSpan(start: 0, end: 0, line: lineNumber(at: scanner.position), fault: fault), &records)
                }
            }
            if scanner.position >= Self.targetByteCount, !records.isEmpty { break }
            if scanner.position >= Self.targetByteCount * 2 { forget() }
        }
        defer { forget() }
        guard !records.isEmpty else { return nil }
        let used = records.reduce(0) { max($0, $1.end) }
        return RecordChunk(
            input: input, path: stream.path, isJSON: isJSON, firstRecord: first, bytes: Array(bytes[..<used]),
            records: records, packedCount: packedBefore + stream.packedCount)
    }

    private func choose(_ format: CorpusFormat) {
        isJSON = format != .text
        switch (format, settings.unit) {
        case (.jsonArray, _): scanner = ArrayScanner()
        case (.text, .file): scanner = WholeScanner()
        case (.text, .blankLine): scanner = BlankLineScanner()
        default: scanner = LineScanner()
        }
    }

    /// What the first bytes look like.
    private static func format(of bytes: [UInt8]) -> CorpusFormat {
        let marks = bytes.lazy.filter { !$0.isJSONSpace }.prefix(2)
        switch (marks.first, marks.dropFirst().first) {
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")): return .jsonLines
        case (UInt8(ascii: "["), UInt8(ascii: "{")), (UInt8(ascii: "["), UInt8(ascii: "]")): return .jsonArray
        default: return .text
        }
    }

    /// Notes the record that ends at `end`, unless it is blank.
    private func take(_ end: Int, into records: inout [RecordSpan]) {
        let start = scanner.recordStart
        defer { scanner.recordStart = max(scanner.position, end) }
        if isDropping {
            isDropping = false
            return
        }
        let isBlank = bytes.withUnsafeBufferPointer { $0[start..<end].allSatisfy(\.isJSONSpace) }
        guard !isBlank else { return }
        let line = lineNumber(at: start)
        let isTooLong = end - start > settings.maximumRecordByteCount
        add(RecordSpan(start: start, end: end, line: line, fault: isTooLong ? tooLong : nil), &records)
    }

    private var tooLong: String {
        "the record is longer than \(settings.maximumRecordByteCount) bytes; raise --max-record if it should be"
    }

    private func add(_ record: RecordSpan, _ records: inout [RecordSpan]) {
        records.append(record)
        recordCount += 1
    }

    /// Gives up a record that has outgrown the limit: its bytes are not kept, its end is still looked for.
    private func dropIfTooLong(_ records: inout [RecordSpan]) {
        let start = scanner.recordStart
        guard isDropping || bytes.count - start > settings.maximumRecordByteCount else { return }
        let line = lineNumber(at: start)
        if !isDropping {
            add(RecordSpan(start: start, end: start, line: line, fault: tooLong), &records)
        }
        isDropping = true
        _ = lineNumber(at: bytes.count)
        bytes.removeSubrange(start...)
        (scanner.position, countedEnd) = (start, start)
    }

    /// The line at a byte of the buffer that is not before the last one asked for.
    private func lineNumber(at place: Int) -> Int {
        guard place > countedEnd else { return line }
        line += bytes.withUnsafeBufferPointer { $0.newlineCount(countedEnd..<place) }
        countedEnd = place
        return line
    }

    /// Lets go of the bytes before the record that is being walked over.
    private func forget() {
        let start = min(scanner.recordStart, scanner.position)
        guard start > 0 else { return }
        _ = lineNumber(at: start)
        bytes.removeSubrange(..<start)
        scanner.recordStart -= start
        scanner.position -= start
        countedEnd -= start
    }

    private func readMore() throws(CorpusError) -> Bool {
        guard !isAtEnd else { return false }
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.stepByteCount))
        let result: Result<Int, CorpusError> = bytes.withUnsafeMutableBytes { room in
            Result { () throws(CorpusError) in
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: room[old...]))
            }
        }
        let count = try result.get()
        bytes.removeSubrange((old + count)...)
        isAtEnd = count == 0
        return count > 0
    }
}
