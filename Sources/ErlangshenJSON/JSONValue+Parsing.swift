extension JSONValue {
    /// Bytes that `parse` accepts unless told otherwise; a tree may take twelve times as much memory.
    public static let defaultMaximumByteCount = 64 << 20

    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the whole text, UTF-8.
    ///   - maximumDepth: levels of arrays and objects; at most 512, however large the number given.
    ///   - maximumByteCount: the largest text accepted.
    /// - Throws: `JSONError`, which says what is wrong and where.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64, maximumByteCount: Int = defaultMaximumByteCount
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= maximumByteCount else {
            throw .tooLarge(byteCount: bytes.count, limit: maximumByteCount)
        }
        var reader = try JSONReader(bytes, maximumDepth: maximumDepth)
        let value = try reader.readValue()
        try reader.finish()
        return value
    }

    /// Reads one JSON text from any collection of bytes.
    ///
    /// - Throws: `JSONError`, which says what is wrong and where.
    public static func parse(
        _ bytes: some Collection<UInt8>, maximumDepth: Int = 64, maximumByteCount: Int = defaultMaximumByteCount
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= maximumByteCount else {
            throw .tooLarge(byteCount: bytes.count, limit: maximumByteCount)
        }
        let result: Result<JSONValue, JSONError> = Array(bytes).withUnsafeBytes { buffer in
            Result { () throws(JSONError) in
                try parse(buffer, maximumDepth: maximumDepth, maximumByteCount: maximumByteCount)
            }
        }
        return try result.get()
    }

    /// Reads one JSON text from a string.
    ///
    /// - Throws: `JSONError`, which says what is wrong and where.
    public static func parse(
        _ text: String, maximumDepth: Int = 64, maximumByteCount: Int = defaultMaximumByteCount
    ) throws(JSONError) -> JSONValue {
        try parse(text.utf8, maximumDepth: maximumDepth, maximumByteCount: maximumByteCount)
    }
}

extension JSONReader {
    /// Reads the next value whole; the recursion is bounded by the depth limit.
    mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .object: return .object(try readObject())
        case .array: return .array(try readArray())
        case .string: return .string(try readString())
        case .number: return try readNumber()
        case .bool: return .bool(try readBool())
        case .null:
            try readNull()
            return .null
        }
    }

    private mutating func readArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try beginArray()
        while try nextElement() { elements.append(try readValue()) }
        return elements
    }

    private mutating func readObject() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        var seen: Set<UTF8Key> = []
        try beginObject()
        while let key = try nextKey() {
            guard seen.insert(UTF8Key(key)).inserted else { throw .duplicateKey(key, at: position) }
            object.append(key, try readValue())
        }
        return object
    }
}
