/// Pulls the parts of one JSON text in order, without building a tree.
///
/// `JSONValue.parse` stands on it, and so do readers of large headers that want each value exactly once. The caller
/// asks for what it expects; anything else in the text is an error that says what stands there.
///
/// The bytes must outlive the reader.
package struct JSONReader {
    /// What kind of value comes next.
    package enum Kind: Sendable { case object, array, string, number, bool, null }

    let bytes: UnsafeRawBufferPointer
    var offset = 0
    private let maximumDepth: Int
    private var depth = 0
    /// Whether a value has just ended, so that a comma or a closing bracket must follow.
    var isAfterValue = false

    /// Nesting that no reader accepts, whatever its caller asks for: a freed tree is walked recursively.
    package static let depthCeiling = 512

    /// Reads `bytes`, which may nest `maximumDepth` levels (at most `depthCeiling`).
    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) throws(JSONError) {
        self.bytes = bytes
        self.maximumDepth = min(maximumDepth, JSONReader.depthCeiling)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
    }

    /// The place of the next unread byte.
    package var position: JSONPosition { position(at: offset) }

    func position(at offset: Int) -> JSONPosition { JSONPosition(offset: offset, in: bytes) }

    // MARK: Structure

    /// Says what the next value is without reading it.
    package mutating func peek() throws(JSONError) -> Kind {
        switch try nextByte(expected: "a value") {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case let byte: throw .unexpectedByte(byte, expected: "a value", at: position)
        }
    }

    /// Enters an object; `nextKey` then gives its keys.
    package mutating func beginObject() throws(JSONError) {
        try open(UInt8(ascii: "{"), expected: "an object")
    }

    /// Enters an array; `nextElement` then says whether another element follows.
    package mutating func beginArray() throws(JSONError) {
        try open(UInt8(ascii: "["), expected: "an array")
    }

    /// The next key of the object, its value to be read next; nil when the object ends.
    ///
    /// Keys that come twice are the caller's to refuse: only it knows how many it keeps.
    package mutating func nextKey() throws(JSONError) -> String? {
        if try close(UInt8(ascii: "}"), orComma: "',' or '}'") { return nil }
        let key = try readString(expected: "a key in double quotes")
        try expect(UInt8(ascii: ":"), "':'")
        isAfterValue = false
        return key
    }

    /// Whether another element of the array follows, to be read next; false when the array ends.
    package mutating func nextElement() throws(JSONError) -> Bool {
        if try close(UInt8(ascii: "]"), orComma: "',' or ']'") { return false }
        isAfterValue = false
        return true
    }

    /// Ends the text: nothing but white space may follow.
    package mutating func finish() throws(JSONError) {
        skipWhiteSpace()
        if offset < bytes.count { throw .trailingBytes(at: position) }
    }

    // MARK: Scalars

    /// Reads a string.
    package mutating func readString(expected: String = "a string") throws(JSONError) -> String {
        try expect(UInt8(ascii: "\""), expected)
        let string = try stringBody()
        isAfterValue = true
        return string
    }

    /// Reads a number: `.integer` when written as one that fits 64 bits, `.double` otherwise.
    package mutating func readNumber() throws(JSONError) -> JSONValue {
        _ = try nextByte(expected: "a number")
        let number = try number()
        isAfterValue = true
        return number
    }

    /// Reads an integer written without fraction and exponent.
    package mutating func readInteger() throws(JSONError) -> Int64 {
        let byte = try nextByte(expected: "an integer")
        let start = offset
        guard byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
            throw .unexpectedByte(byte, expected: "an integer", at: position)
        }
        guard case .integer(let value) = try readNumber() else {
            throw .numberOutOfRange(expected: "an integer of 64 bits", at: position(at: start))
        }
        return value
    }

    /// Reads `true` or `false`.
    package mutating func readBool() throws(JSONError) -> Bool {
        let isTrue = try nextByte(expected: "true or false") == UInt8(ascii: "t")
        try literal(isTrue ? "true" : "false")
        return isTrue
    }

    /// Reads `null`.
    package mutating func readNull() throws(JSONError) {
        _ = try nextByte(expected: "null")
        try literal("null")
    }

    /// Reads past the next value, whatever it is, keeping nothing of it.
    package mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .string: _ = try readString()
        case .number: _ = try readNumber()
        case .bool: _ = try readBool()
        case .null: try readNull()
        }
    }

    // MARK: Bytes

    func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = byte(at: offset), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    private mutating func nextByte(expected: String) throws(JSONError) -> UInt8 {
        skipWhiteSpace()
        guard let byte = byte(at: offset) else { throw .unexpectedEnd(expected: expected, at: position) }
        return byte
    }

    private mutating func expect(_ wanted: UInt8, _ expected: String) throws(JSONError) {
        let byte = try nextByte(expected: expected)
        guard byte == wanted else { throw .unexpectedByte(byte, expected: expected, at: position) }
        offset += 1
    }

    private mutating func open(_ bracket: UInt8, expected: String) throws(JSONError) {
        try expect(bracket, expected)
        depth += 1
        if depth > maximumDepth { throw .tooDeep(limit: maximumDepth, at: position(at: offset - 1)) }
        isAfterValue = false
    }

    /// Reads the closing bracket and says true, or the comma before the next member and says false.
    private mutating func close(_ bracket: UInt8, orComma expected: String) throws(JSONError) -> Bool {
        if try nextByte(expected: expected) == bracket {
            offset += 1
            depth -= 1
            isAfterValue = true
            return true
        }
        if isAfterValue { try expect(UInt8(ascii: ","), expected) }
        return false
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard let byte = byte(at: offset) else {
                throw .unexpectedEnd(expected: "\(text)", at: position)
            }
            guard byte == text.utf8Start[index] else {
                throw .unexpectedByte(byte, expected: "\(text)", at: position)
            }
            offset += 1
        }
        isAfterValue = true
    }
}
