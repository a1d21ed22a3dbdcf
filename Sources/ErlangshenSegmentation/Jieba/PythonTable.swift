/// A table as jieba's `prob_*.py` write it: `P={'B': {'一': -3.65}}`, strings of one scalar, numbers, nothing else.
struct PythonTable {
    /// A number, or a table by scalars.
    enum Value {
        case number(Double)
        case table([UInt32: Value])
    }

    /// Deeper tables there are none.
    private static let maximumDepth = 2
    private let bytes: [UInt8]
    private let path: String
    private var place = 0

    /// The table `P` of a module.
    static func read(_ bytes: [UInt8], path: String) throws(SegmentationError) -> [UInt32: Value] {
        var reader = PythonTable(bytes: bytes, path: path)
        return try reader.module()
    }

    private init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    private mutating func module() throws(SegmentationError) -> [UInt32: Value] {
        skipSpace()
        if starts(with: "from __future__ import unicode_literals") {
            place += 39
            skipSpace()
        }
        try expect("P")
        skipSpace()
        try expect("=")
        skipSpace()
        let table = try table(depth: 1)
        skipSpace()
        guard place == bytes.count else { throw fault("something follows the table") }
        return table
    }

    private mutating func table(depth: Int) throws(SegmentationError) -> [UInt32: Value] {
        guard depth <= PythonTable.maximumDepth else { throw fault("a table too deep") }
        try expect("{")
        var table: [UInt32: Value] = [:]
        skipSpace()
        while !has("}") {
            let key = try key()
            skipSpace()
            try expect(":")
            skipSpace()
            let value: Value = has("{") ? .table(try self.table(depth: depth + 1)) : .number(try number())
            guard table.updateValue(value, forKey: key) == nil else { throw fault("a key that comes twice") }
            skipSpace()
            guard has(",") else { break }
            place += 1
            skipSpace()
        }
        try expect("}")
        return table
    }

    /// A string of one scalar, plain or as `\u4e00`.
    private mutating func key() throws(SegmentationError) -> UInt32 {
        try expect("'")
        let start = place
        while place < bytes.count, !has("'"), place - start < 12 { place += 1 }
        let text = Array(bytes[start..<place])
        try expect("'")
        if text.count == 6, text[0] == 0x5C, text[1] == 0x75,
            let value = UInt32(String(decoding: text[2...], as: UTF8.self), radix: 16), text[2] != 0x2B
        {
            return value
        }
        guard text.first != 0x5C, let scalars = String(validating: text, as: UTF8.self)?.unicodeScalars,
            scalars.count == 1, let scalar = scalars.first
        else { throw fault("a key that is not one character") }
        return scalar.value
    }

    private mutating func number() throws(SegmentationError) -> Double {
        let start = place
        while place < bytes.count, isOfNumber(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw fault("no number") }
        return number
    }

    private mutating func skipSpace() {
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            place += 1
        }
    }

    /// Whether a byte is one of `+-.0123456789eE`.
    private func isOfNumber(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
    }

    private func has(_ character: Unicode.Scalar) -> Bool {
        place < bytes.count && UInt32(bytes[place]) == character.value
    }

    private func starts(with text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    private mutating func expect(_ character: Unicode.Scalar) throws(SegmentationError) {
        guard has(character) else { throw fault("no '\(character)'") }
        place += 1
    }

    private func fault(_ reason: String) -> SegmentationError {
        .table(path: path, byteOffset: place, reason: reason)
    }
}
