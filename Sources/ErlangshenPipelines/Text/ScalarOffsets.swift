/// Turns UTF-8 ranges of a string into Unicode scalar ranges and substrings.
struct ScalarOffsets: Sendable {
    private let bytes: [UInt8]
    /// For each byte offset the number of scalars that start before it.
    private let counts: [Int32]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var counts: [Int32] = []
        counts.reserveCapacity(bytes.count + 1)
        var count: Int32 = 0
        for byte in bytes {
            counts.append(count)
            // Every byte but a continuation byte starts a scalar.
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        counts.append(count)
        self.counts = counts
    }

    func scalars(_ range: Range<Int>) -> Range<Int> { Int(counts[range.lowerBound])..<Int(counts[range.upperBound]) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
