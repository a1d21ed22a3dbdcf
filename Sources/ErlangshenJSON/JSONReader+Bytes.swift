extension JSONReader {
    /// Reads a string and appends its bytes, escapes resolved and checked to be UTF-8, to `bytes`.
    ///
    /// For texts of a corpus: what stands between two escapes is copied as a whole, and no `String` is made.
    package mutating func readString(into collected: inout [UInt8]) throws(JSONError) {
        guard try peek() == .string else {
            throw .unexpectedByte(bytes[offset], expected: "a string", at: position)
        }
        offset += 1
        let start = offset
        let first = collected.count
        while true {
            let end = endOfPlainText(from: offset)
            collected.append(contentsOf: bytes[offset..<end])
            offset = end
            switch byte(at: offset) {
            case nil: throw .unexpectedEnd(expected: "the closing quote of a string", at: position)
            case UInt8(ascii: "\""):
                offset += 1
                guard collected.isValidUTF8(from: first) else { throw .invalidUTF8(at: position(at: start)) }
                isAfterValue = true
                return
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                if scalar.isASCII {
                    collected.append(UInt8(truncatingIfNeeded: scalar.value))
                } else {
                    collected.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            case let byte?: throw .controlCharacter(byte, at: position)
            }
        }
    }
}

extension [UInt8] {
    /// Whether the bytes from `start` on are UTF-8.
    package func isValidUTF8(from start: Int = 0) -> Bool {
        withUnsafeBufferPointer { bytes in
            String(validating: bytes[start...], as: UTF8.self) != nil
        }
    }
}
