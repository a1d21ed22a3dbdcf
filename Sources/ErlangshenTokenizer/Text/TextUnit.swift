/// What positions in a text are counted in.
public enum TextUnit: Sendable, CaseIterable {
    /// Bytes of UTF-8, as `String.utf8` counts.
    case utf8
    /// UTF-16 code units, as JavaScript, Java and `NSString` count.
    case utf16
    /// Unicode scalars, as Python's `str` counts.
    case scalars

    /// Recounts UTF-8 ranges of `text`, whose lower bounds never go back and whose upper bounds never go back.
    func convert(_ spans: [Range<Int>], of text: String) -> [Range<Int>] {
        guard self != .utf8 else { return spans }
        var text = text
        return text.withUTF8 { bytes in
            var lower = Cursor(unit: self)
            var upper = Cursor(unit: self)
            return spans.map { lower.move(to: $0.lowerBound, in: bytes)..<upper.move(to: $0.upperBound, in: bytes) }
        }
    }

    /// Walks forward over UTF-8 and keeps count in another unit.
    private struct Cursor {
        let unit: TextUnit
        var byte = 0
        var count = 0

        mutating func move(to position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
            while byte < position {
                let value = bytes[byte]
                // Each scalar is counted at its first byte; four-byte ones are two UTF-16 units.
                if value & 0xC0 != 0x80 { count += unit == .utf16 && value >= 0xF0 ? 2 : 1 }
                byte += 1
            }
            return count
        }
    }
}
