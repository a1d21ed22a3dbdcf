/// Random numbers drawn one after the other from a place of a `Philox`.
///
/// A stream is a value of its place alone, so the numbers of an epoch or a sample are the same in whatever order, and on
/// whatever worker, they are drawn. One holds 2³⁴ words.
public struct PhiloxStream: Sendable {
    private let generator: Philox
    private let place: SIMD3<UInt32>
    private var block: UInt32 = 0
    private var words = SIMD4<UInt32>()
    private var used = 4

    /// The draws of (seed, purpose, number, item), such as those of an epoch and a sample of it.
    ///
    /// *Purposes* keep the parts of a program apart that share a seed; each part has one of its own.
    public init(seed: UInt64, purpose: UInt32, number: UInt32, item: UInt32 = 0) {
        generator = Philox(seed: seed)
        place = SIMD3(item, number, purpose)
    }

    /// A number from 0 to `bound` − 1, each equally likely; `bound` is from 1 to 2³².
    public mutating func next(below bound: Int) -> Int {
        precondition(bound >= 1 && bound <= 1 << 32, "a bound is from 1 to 2³²")
        let bound = UInt64(bound)
        // Words in the last, incomplete round of the bound are drawn again, as they would favour small numbers.
        let limit = (1 << 32) / bound * bound
        while true {
            let word = UInt64(nextWord())
            if word < limit { return Int(word % bound) }
        }
    }

    /// A number from 0 up to, but not including, 1: a multiple of 2⁻³².
    public mutating func nextFraction() -> Double { Double(nextWord()) * 0x1p-32 }

    /// Thirty-two random bits.
    public mutating func nextWord() -> UInt32 {
        if used == 4 {
            words = generator.words(at: SIMD4(block, place[0], place[1], place[2]))
            block += 1
            used = 0
        }
        used += 1
        return words[used - 1]
    }

    /// The numbers 0 to `count` − 1 in random order (Fisher and Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        shuffle(&order)
        return order
    }

    /// Puts elements into random order (Fisher and Yates, from the last).
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, next(below: last + 1)) }
    }
}
