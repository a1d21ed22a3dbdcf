import ErlangshenJSON

/// The elements of one large JSON array, one at a time: the file is the array, or an object with the array at `key`.
///
/// Only the frame is walked over here, in the memory of one element; each element is parsed strictly. The frame's
/// faults end the reading with one broken row.
struct JSONArraySource: RecordSource {
    private let bytes: ByteSource
    private let key: String?
    private let rowLimit: Int
    private var isOpen = false
    private var isDone = false

    /// - Parameters:
    ///   - path: the file.
    ///   - key: the member of the outermost object that holds the array; nil when the file is the array.
    ///   - rowLimit: bytes of the largest element, and of the members before the array.
    init(path: String, key: String?, rowLimit: Int = RecordLimits.rowByteCount) throws(TaskError) {
        bytes = try ByteSource(path: path)
        self.key = key
        self.rowLimit = rowLimit
    }

    mutating func next() throws(TaskError) -> RecordOutcome? {
        guard !isDone else { return nil }
        if !isOpen {
            if let fault = try open() { return end(with: fault) }
            isOpen = true
            if try skipSpace() == UInt8(ascii: "]") {
                isDone = true
                return nil
            }
        }
        _ = try skipSpace()
        let location = DataLocation(path: bytes.path, line: bytes.line)
        guard let element = try readValue() else {
            return end(with: "the array ends inside an element, or one is longer than \(rowLimit) bytes")
        }
        switch try skipSpace() {
        case UInt8(ascii: ","): _ = try bytes.next()
        case UInt8(ascii: "]"): isDone = true
        default: return end(with: "a comma or ] is expected after an element")
        }
        return outcome(element, at: location)
    }

    private func outcome(_ element: [UInt8], at location: DataLocation) -> RecordOutcome {
        do {
            let value = try JSONValue.parse(element, maximumByteCount: rowLimit)
            return .record(Record(location: location, value: value))
        } catch {
            let reason = "(counted from here) \(error)"
            return .broken(DataProblem(.brokenRow, at: location, reason))
        }
    }

    private mutating func end(with reason: String) -> RecordOutcome {
        isDone = true
        return .broken(DataProblem(.brokenRow, at: DataLocation(path: bytes.path, line: bytes.line), reason))
    }

    /// Walks to the first element; says what is wrong when there is no array.
    private func open() throws(TaskError) -> String? {
        guard let key else {
            guard try skipSpace() == UInt8(ascii: "[") else { return "the file is no JSON array" }
            _ = try bytes.next()
            return nil
        }
        guard try skipSpace() == UInt8(ascii: "{") else { return "the file is no JSON object" }
        _ = try bytes.next()
        while try skipSpace() == UInt8(ascii: "\"") {
            let name = try readValue().flatMap { try? JSONValue.parse($0).stringValue }
            guard let name, try skipSpace() == UInt8(ascii: ":") else { return "a member of the object is broken" }
            _ = try bytes.next()
            if UTF8Key(name) == UTF8Key(key) {
                guard try skipSpace() == UInt8(ascii: "[") else { return "the member \(key.quoted()) is no array" }
                _ = try bytes.next()
                return nil
            }
            _ = try skipSpace()
            guard try readValue() != nil else { return "the member \(name.quoted()) is broken or too long" }
            if try skipSpace() == UInt8(ascii: ",") { _ = try bytes.next() }
        }
        return "the object has no member \(key.quoted())"
    }

    /// Passes over white space and gives the byte after it, which stays the next.
    private func skipSpace() throws(TaskError) -> UInt8? {
        while let byte = try bytes.peek() {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            _ = try bytes.next()
        }
        return nil
    }

    /// The bytes of the next value, by its brackets and quotes; nil at the end of the file or beyond the limit.
    private func readValue() throws(TaskError) -> [UInt8]? {
        var value: [UInt8] = []
        var depth = 0
        var isInString = false
        while let byte = try bytes.peek() {
            if depth == 0, !isInString, !value.isEmpty, Self.endsScalar(byte) { return value }
            guard value.count < rowLimit else { return nil }
            _ = try bytes.next()
            value.append(byte)
            if isInString {
                if byte == UInt8(ascii: "\\") {
                    if let escaped = try bytes.next() { value.append(escaped) }
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if depth == 0 { return value }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return value }
            default: break
            }
        }
        return nil
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || byte <= 0x20
    }
}
