/// What makes a text not strict JSON, and where.
public enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text is larger than the reader was told to accept.
    case tooLarge(byteCount: Int, limit: Int)
    /// The text ends inside a value.
    case unexpectedEnd(expected: String, at: JSONPosition)
    /// A byte that cannot stand here.
    case unexpectedByte(UInt8, expected: String, at: JSONPosition)
    /// The text starts with a byte order mark.
    case byteOrderMark
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8(at: JSONPosition)
    /// A backslash is followed by something that is no escape.
    case invalidEscape(at: JSONPosition)
    /// A `\u` escape names half of a surrogate pair.
    case loneSurrogate(at: JSONPosition)
    /// A raw control character stands inside a string.
    case controlCharacter(UInt8, at: JSONPosition)
    /// One object names the same key twice.
    case duplicateKey(String, at: JSONPosition)
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(limit: Int, at: JSONPosition)
    /// A number that is longer than the limit, too large for a double, or no integer where one is needed.
    case numberOutOfRange(expected: String, at: JSONPosition)
    /// Something other than white space follows the value.
    case trailingBytes(at: JSONPosition)

    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .tooLarge(let byteCount, let limit):
            "JSON text of \(byteCount) bytes is larger than the limit of \(limit) bytes"
        case .unexpectedEnd(let expected, let position):
            "JSON text ends at \(position) where \(expected) is expected; is the file complete?"
        case .unexpectedByte(let byte, let expected, let position):
            "JSON text has \(JSONError.name(of: byte)) at \(position) where \(expected) is expected"
        case .byteOrderMark:
            "JSON text starts with a byte order mark; save it as UTF-8 without BOM"
        case .invalidUTF8(let position):
            "JSON string at \(position) is not UTF-8; save the file as UTF-8"
        case .invalidEscape(let position):
            "JSON string has an unknown escape at \(position)"
        case .loneSurrogate(let position):
            "JSON string has half a surrogate pair at \(position)"
        case .controlCharacter(let byte, let position):
            "JSON string has the raw control character \(JSONError.name(of: byte)) at \(position); escape it"
        case .duplicateKey(let key, let position):
            "JSON object has the key \(key.quoted()) twice, again at \(position); remove one"
        case .tooDeep(let limit, let position):
            "JSON text is nested deeper than \(limit) levels at \(position)"
        case .numberOutOfRange(let expected, let position):
            "JSON number at \(position) is not \(expected)"
        case .trailingBytes(let position):
            "JSON value is followed by something else at \(position)"
        }
    }

    /// A byte as a reader sees it: `'x'` when printable, `0x1b` otherwise.
    private static func name(of byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'"
            : "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
