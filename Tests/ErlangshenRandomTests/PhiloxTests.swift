import ErlangshenRandom
import Testing

/// Known answers of Random123 (kat_vectors of philox4x32-10); streams by a second implementation in Python, printed by
/// `python3 tools/goldens/make_philox_goldens.py`.
struct PhiloxTests {
    @Test func philoxKnownAnswers() {
        let zero = Philox(seed: 0).words(at: SIMD4(0, 0, 0, 0))
        #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let pi = Philox(seed: 0x299f_31d0_a409_3822).words(
            at: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
        #expect(pi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func permutations() {
        func order(_ seed: UInt64, _ number: UInt32, _ count: Int) -> [Int] {
            var stream = PhiloxStream(seed: seed, purpose: 1, number: number)
            return stream.permutation(count)
        }
        #expect(order(42, 0, 10) == [4, 2, 5, 1, 3, 0, 9, 7, 6, 8])
        #expect(order(42, 3, 10) == [0, 6, 5, 3, 2, 4, 7, 9, 1, 8])
        #expect(order(7 << 32 | 5, 1, 6) == [0, 4, 2, 1, 5, 3])
        #expect(order(1, 0, 1) == [0])
    }

    /// The fifth word opens the second block.
    @Test func placesOfTheCounter() {
        func words(_ stream: PhiloxStream, _ count: Int) -> [UInt32] {
            var stream = stream
            return (0..<count).map { _ in stream.nextWord() }
        }
        let stream = PhiloxStream(seed: 42, purpose: 7, number: 3, item: 5)
        #expect(words(stream, 5) == [3_950_708_825, 2_031_600_506, 55_062_223, 2_057_953_557, 3_274_171_719])
        #expect(words(stream, 5) == words(stream, 5))
        #expect(
            words(PhiloxStream(seed: 42, purpose: 7, number: 3), 4) == [
                4_053_519_076, 227_117_433, 532_898_853, 184_697_310,
            ])
    }

    @Test func fractions() {
        var stream = PhiloxStream(seed: 9, purpose: 1, number: 0)
        var again = stream
        for _ in 0..<1_000 {
            let fraction = stream.nextFraction()
            #expect(fraction >= 0 && fraction < 1 && fraction * 0x1p32 == Double(again.nextWord()))
        }
    }

    /// Bounds at which no word, or nearly half of them, must be drawn again.
    @Test func boundsAtTheEdge() {
        var stream = PhiloxStream(seed: 1, purpose: 2, number: 0)
        var words = stream
        #expect((0..<50).allSatisfy { _ in stream.next(below: 1 << 32) == Int(words.nextWord()) })
        #expect((0..<50).allSatisfy { _ in stream.next(below: 1) == 0 })
        #expect((0..<500).allSatisfy { _ in (0...1 << 31).contains(stream.next(below: 1 << 31 + 1)) })
    }
}
