/// A JSON object that keeps its keys in the order of the text.
///
/// Keys are told apart by their UTF-8 bytes: `é` and `e` + U+0301 are two keys, as in JSON, although Swift calls
/// the two strings equal. Lookup is linear; an object of many thousand keys is better walked than asked.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// The keys in order.
    public private(set) var keys: [String] = []
    /// The values, in the order of `keys`.
    public private(set) var values: [JSONValue] = []

    /// An object without keys.
    public init() {}

    /// An object of these pairs; a key that comes again replaces the value of the first.
    public init(_ pairs: some Sequence<(key: String, value: JSONValue)>) {
        for (key, value) in pairs { self[key] = value }
    }

    /// An object of these pairs; a key that comes again replaces the value of the first.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// The number of keys.
    public var count: Int { keys.count }

    /// Whether there is no key.
    public var isEmpty: Bool { keys.isEmpty }

    /// The value of `key`, or nil; setting nil removes the key, setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { index(of: key).map { values[$0] } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): values[index] = value
            case (let index?, nil):
                keys.remove(at: index)
                values.remove(at: index)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Appends a key that is known to be new.
    mutating func append(_ key: String, _ value: JSONValue) {
        keys.append(key)
        values.append(value)
    }

    private func index(of key: String) -> Int? {
        let wanted = UTF8Key(key)
        return keys.firstIndex { UTF8Key($0) == wanted }
    }
}

extension JSONObject: Sequence {
    /// The (key, value) pairs in order.
    public func makeIterator() -> Zip2Sequence<[String], [JSONValue]>.Iterator {
        zip(keys, values).makeIterator()
    }
}
