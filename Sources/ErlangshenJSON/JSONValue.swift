/// Any JSON value, read strictly by RFC 8259.
///
/// Stricter than most readers, so that one file means one thing: UTF-8 only, no byte order mark, no trailing comma,
/// no comment, no `NaN`, no key twice in one object, no half surrogate pair.
public enum JSONValue: Sendable, Equatable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number; always finite when it was read from a text.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its keys in order.
    case object(JSONObject)
}

extension JSONValue {
    /// The value of `key` if this is an object that has it.
    public subscript(key: String) -> JSONValue? { objectValue?[key] }

    /// The string, or nil when this is something else.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    /// The integer, or nil when this is something else; `2.0` is not an integer.
    public var intValue: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }

    /// The number, integer or not, or nil when this is something else.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The truth value, or nil when this is something else.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The elements, or nil when this is something else.
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    /// The object, or nil when this is something else.
    public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; a key that comes again replaces the value of the first.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.lazy.map { (key: $0.0, value: $0.1) }))
    }
}
