/// What a scanner found next in the bytes it was given.
enum ScanEvent: Equatable {
    /// A record from `recordStart` to here.
    case record(end: Int)
    /// All bytes were walked over; more are needed.
    case needsMore
    /// The records are over; with a reason when something stands where none may.
    case over(fault: String?)
}

/// Finds where records end, walking once over bytes that come in pieces.
///
/// `position` and `recordStart` count in the caller's buffer; the caller moves both when it moves the bytes.
protocol RecordScanner {
    /// The next byte to look at.
    var position: Int { get set }
    /// Where the record that is being walked over began.
    var recordStart: Int { get set }
    /// Goes on to the end of the next record; at `atEnd` no byte follows `bytes`.
    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool) -> ScanEvent
}

extension UInt8 {
    /// Space, tab, carriage return or line feed.
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}

/// A record a line.
struct LineScanner: RecordScanner {
    var position = 0
    var recordStart = 0

    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool) -> ScanEvent {
        recordStart = min(recordStart, position)
        if let end = bytes.firstNewline(from: position) {
            position = end + 1
            return .record(end: end)
        }
        position = bytes.count
        if !atEnd { return .needsMore }
        return recordStart < bytes.count ? .record(end: bytes.count) : .over(fault: nil)
    }
}

/// All bytes are one record.
struct WholeScanner: RecordScanner {
    var position = 0
    var recordStart = 0
    private var isOver = false

    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool) -> ScanEvent {
        if isOver { return .over(fault: nil) }
        position = bytes.count
        guard atEnd else { return .needsMore }
        isOver = true
        return .record(end: bytes.count)
    }
}

/// A record is what stands between blank lines.
struct BlankLineScanner: RecordScanner {
    var position = 0
    var recordStart = 0
    /// Whether the line that is being walked over, or one of the record before it, is not blank.
    private var lineHasText = false
    private var hasText = false

    mutating func next(in bytes: UnsafeBufferPointer<UInt8>, atEnd: Bool) -> ScanEvent {
        while position < bytes.count {
            let end = bytes.firstNewline(from: position) ?? bytes.count
            if !lineHasText { lineHasText = bytes[position..<end].contains { !$0.isJSONSpace } }
            position = end
            guard end < bytes.count else { break }
            position = end + 1
            let isBlank = !lineHasText
            lineHasText = false
            if !isBlank { hasText = true }
            guard isBlank else { continue }
            if hasText {
                hasText = false
                return .record(end: end)
            }
            recordStart = position
        }
        guard atEnd else { return .needsMore }
        defer { (hasText, lineHasText) = (false, false) }
        return hasText || lineHasText ? .record(end: bytes.count) : .over(fault: nil)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first line feed at or after `start`.
    func firstNewline(from start: Int) -> Int? {
        guard let base = baseAddress, start < count, let found = SystemText.find(0x0A, base + start, count - start)
        else { return nil }
        return start + found
    }

    /// Line feeds in `range`.
    func newlineCount(_ range: Range<Int>) -> Int {
        var count = 0
        for place in range where self[place] == 0x0A { count &+= 1 }
        return count
    }
}
