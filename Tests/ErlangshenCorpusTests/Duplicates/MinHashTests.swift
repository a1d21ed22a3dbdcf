import Testing

@testable import ErlangshenCorpus

struct MinHashTests {
    /// A text of `count` characters that a number decides.
    private func text(_ seed: UInt32, count: Int) -> [UInt32] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return 0x4E00 + state >> 18
        }
    }

    private func keys(_ scalars: [UInt32]) -> Set<UInt64> {
        var keys: [UInt64] = []
        let string = String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar($0) }))
        MinHash.appendKeys(of: Array(string.utf8), to: &keys)
        return Set(keys)
    }

    /// Pairs of a known Jaccard similarity are found as often as the formula of the comment says.
    @Test(arguments: [0.5, 0.7, 0.8, 0.9]) func `pairs are found as often as they should be`(similarity: Double) {
        let (count, pairs) = (600, 300)
        // Two texts of n characters whose beginnings agree: s = common / (2 n - common).
        let common = Int((2 * Double(count) * similarity / (1 + similarity)).rounded())
        var found = 0
        for pair in 0..<UInt32(pairs) {
            let first = text(pair * 3 + 1, count: count)
            let second = first[..<common] + text(pair * 3 + 2, count: count - common)
            if !keys(first).isDisjoint(with: keys(Array(second))) { found += 1 }
        }
        var bands = 1.0
        var key = 1.0
        for _ in 0..<8 { key *= similarity }
        for _ in 0..<16 { bands *= 1 - key }
        #expect(abs(Double(found) / Double(pairs) - (1 - bands)) < 0.12, "\(found) of \(pairs)")
    }

    @Test func `short texts have no keys, others sixteen`() {
        #expect(keys(text(1, count: 35)).isEmpty)
        #expect(keys(text(1, count: 36)).count == 16)
    }

    @Test func `white space does not tell texts apart`() {
        var normalized: [UInt8] = []
        TextNormalizer.normalize(Array(" 一\r\n二\u{3000}a\u{A0}b\t".utf8), into: &normalized)
        #expect(normalized == Array("一二ab".utf8))
    }

    @Test func `the table finds what it holds and refuses to outgrow its room`() throws {
        var table = SeenTable(width: 2, maximumByteCount: 1 << 20)
        for key in 1...5_000 as ClosedRange<UInt64> { #expect(try table.insert(key, key &* 7)) }
        for key in 1...5_000 as ClosedRange<UInt64> {
            #expect(table.contains(key, key &* 7) && !table.contains(key, key))
        }
        #expect(try !table.insert(5, 35))
        #expect(throws: CorpusError.self) {
            for key in 1...100_000 as ClosedRange<UInt64> { _ = try table.insert(key) }
        }
    }
}
