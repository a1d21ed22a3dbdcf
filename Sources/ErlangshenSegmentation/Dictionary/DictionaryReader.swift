/// Reads jieba's dictionary: a line is a word, a space, how often it occurs, and perhaps a space and a tag.
enum DictionaryReader {
    static let maximumWordLength = 1 << 10
    static let maximumFrequency = 999_999_999_999_999
    static let maximumByteCount = 512 << 20

    struct Entry {
        let word: ArraySlice<UInt8>
        let frequency: Int
    }

    /// Calls `body` with every entry of a file; the bytes of words are whole scalars of UTF-8.
    static func forEach(
        _ bytes: [UInt8], path: String, _ body: (Entry) throws(DictionaryFault) -> Void
    ) throws(SegmentationError) {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        var start = 0
        var number = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            number += 1
            do throws(DictionaryFault) {
                let line = bytes[start..<end]
                guard isUTF8 || String(validating: line, as: UTF8.self) != nil else { throw DictionaryFault.notUTF8 }
                try body(entry(stripped(line)))
            } catch {
                throw .dictionary(path: path, line: number, fault: error)
            }
            start = end + 1
        }
    }

    /// The word and the number of a line without space around it.
    static func entry(_ line: ArraySlice<UInt8>) throws(DictionaryFault) -> Entry {
        guard let space = line.firstIndex(of: 0x20), space > line.startIndex else { throw .noFrequency }
        let rest = line[(space + 1)...]
        let digits = rest.prefix { $0 != 0x20 }
        return Entry(word: line[..<space], frequency: try frequency(digits))
    }

    /// A number of at most fifteen decimal digits: sums of them stay exact as Double.
    static func frequency(_ digits: ArraySlice<UInt8>) throws(DictionaryFault) -> Int {
        guard (1...15).contains(digits.count) else { throw .invalidFrequency }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { throw .invalidFrequency }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    /// A line without the ASCII space at both ends.
    static func stripped(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, isSpace(last) { line.removeLast() }
        while let first = line.first, isSpace(first) { line.removeFirst() }
        return line
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
