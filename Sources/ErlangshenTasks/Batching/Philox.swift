/// Philox4x32-10: random words addressed by a counter, the same everywhere and in any order.
///
/// J. Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
public struct Philox: Sendable {
    /// The two words of the key.
    public let key: SIMD2<UInt32>

    /// A generator of a seed: the low word of the key is its low half.
    public init(seed: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    /// The four words at a counter.
    public func words(at counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var (counter, key) = (counter, key)
        for round in 0..<10 {
            if round > 0 { key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
            let first = UInt64(0xD251_1F53) * UInt64(counter[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(counter[2])
            counter = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: first))
        }
        return counter
    }
}

/// Whole numbers drawn one after the other from a place of a `Philox`, each from 0 to a bound.
struct PhiloxStream {
    private let generator: Philox
    private let stream: SIMD2<UInt32>
    private var block: UInt64 = 0
    private var words = SIMD4<UInt32>()
    private var used = 4

    /// The draws of (seed, purpose, number), such as an epoch.
    init(seed: UInt64, purpose: UInt32, number: UInt32) {
        generator = Philox(seed: seed)
        stream = SIMD2(number, purpose)
    }

    /// A number from 0 to `bound` − 1, each equally likely; `bound` is at most 2³².
    mutating func next(below bound: Int) -> Int {
        let bound = UInt64(bound)
        // Words in the last, incomplete round of the bound are drawn again, as they would favour small numbers.
        let limit = (1 << 32) / bound * bound
        while true {
            let word = UInt64(nextWord())
            if word < limit { return Int(word % bound) }
        }
    }

    private mutating func nextWord() -> UInt32 {
        if used == 4 {
            words = generator.words(
                at: SIMD4(
                    UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), stream[0], stream[1])
            )
            block += 1
            used = 0
        }
        used += 1
        return words[used - 1]
    }

    /// The numbers 0 to `count` − 1 in random order (Fisher and Yates).
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, next(below: last + 1)) }
        return order
    }
}
