extension JSONReader {
    /// Characters that one number may have; nothing that a checkpoint or a request holds comes near.
    static let numberLengthLimit = 1_024

    // MARK: Strings

    /// Reads up to and past the closing quote; the opening one has been read.
    mutating func stringBody() throws(JSONError) -> String {
        let start = offset
        offset = endOfPlainText(from: start)
        switch byte(at: offset) {
        case UInt8(ascii: "\\"): return try escapedStringBody(from: start)
        case let byte? where byte < 0x20: throw .controlCharacter(byte, at: position)
        default: break
        }
        return try closeString(UnsafeRawBufferPointer(rebasing: bytes[start..<offset]), from: start)
    }

    /// Where a quote, an escape or a control character stands next; the end of the bytes if none does.
    func endOfPlainText(from start: Int) -> Int {
        let (quote, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == quote || byte == escape || byte < 0x20 { break }
            end += 1
        }
        return end
    }

    /// The slower way for a string that has an escape: collects its bytes first.
    private mutating func escapedStringBody(from start: Int) throws(JSONError) -> String {
        var collected = [UInt8](bytes[start..<offset])
        while let byte = byte(at: offset), byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw .controlCharacter(byte, at: position) }
            if byte == UInt8(ascii: "\\") {
                let scalar = try escape()
                collected.append(contentsOf: String(scalar).utf8)
            } else {
                collected.append(byte)
                offset += 1
            }
        }
        let result: Result<String, JSONError> = collected.withUnsafeBytes { content in
            Result { () throws(JSONError) in try closeString(content, from: start) }
        }
        return try result.get()
    }

    private mutating func closeString(_ content: UnsafeRawBufferPointer, from start: Int) throws(JSONError) -> String {
        guard offset < bytes.count else {
            throw .unexpectedEnd(expected: "the closing quote of a string", at: position)
        }
        guard let string = String(validating: content, as: UTF8.self) else {
            throw .invalidUTF8(at: position(at: start))
        }
        offset += 1
        return string
    }

    /// Reads one escape, a surrogate pair included.
    mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = offset
        guard let letter = byte(at: offset + 1) else {
            throw .unexpectedEnd(expected: "an escape", at: position)
        }
        offset += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw .invalidEscape(at: position(at: start))
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try hexDigits(from: start)
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800...0xDBFF).contains(high), byte(at: offset) == UInt8(ascii: "\\"),
            byte(at: offset + 1) == UInt8(ascii: "u")
        else { throw .loneSurrogate(at: position(at: start)) }
        offset += 2
        let low = try hexDigits(from: start)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        else { throw .loneSurrogate(at: position(at: start)) }
        return scalar
    }

    private mutating func hexDigits(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = byte(at: offset) else { throw .unexpectedEnd(expected: "a hex digit", at: position) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .invalidEscape(at: position(at: start))
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    // MARK: Numbers

    /// Reads a number; the next byte is where it must start.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        if byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
        if byte(at: offset) == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        var isInteger = true
        if byte(at: offset) == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try digits()
        }
        if let byte = byte(at: offset), byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            if let sign = self.byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        guard offset - start <= JSONReader.numberLengthLimit else {
            throw .numberOutOfRange(
                expected: "at most \(JSONReader.numberLengthLimit) characters long", at: position(at: start))
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw .numberOutOfRange(expected: "within the range of a double", at: position(at: start))
        }
        return .double(double)
    }

    /// Reads one digit or more.
    private mutating func digits() throws(JSONError) {
        guard let first = byte(at: offset) else { throw .unexpectedEnd(expected: "a digit", at: position) }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            throw .unexpectedByte(first, expected: "a digit", at: position)
        }
        while let byte = byte(at: offset), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    }
}
