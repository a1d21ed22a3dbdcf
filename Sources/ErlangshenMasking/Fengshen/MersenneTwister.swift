/// The generator MT19937 with the draws of numpy's legacy `RandomState`, number for number.
///
/// *Source:* M. Matsumoto, T. Nishimura: Mersenne Twister (TOMACS 1998); `numpy/random/mtrand.pyx` and
/// `src/legacy`, `src/distributions` for what is made of its words.
public struct MersenneTwister: Sendable {
    private static let (size, middle) = (624, 397)
    private var state: [UInt32]
    private var used = MersenneTwister.size

    /// `RandomState(seed)`.
    public init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(Self.size)
        for index in 1..<Self.size {
            let last = state[index - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
        }
    }

    /// Thirty-two random bits.
    public mutating func word() -> UInt32 {
        if used == Self.size { renew() }
        var word = state[used]
        used += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    /// `random()`: a number from 0 up to, but not including, 1, of 53 bits.
    public mutating func fraction() -> Double {
        let (high, low) = (word() >> 5, word() >> 6)
        return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
    }

    /// A number from 0 to `maximum`, at most 2³² − 1: words are cut to its bits, and those beyond it drawn again.
    public mutating func number(upTo maximum: Int) -> Int {
        if maximum == 0 { return 0 }
        let mask = UInt32.max >> UInt32(UInt32(maximum).leadingZeroBitCount)
        while true {
            let number = Int(word() & mask)
            if number <= maximum { return number }
        }
    }

    /// `shuffle(x)` of a list.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, number(upTo: last)) }
    }

    /// `choice(n, p)`: the place of the first of the running sums of `p` that is above a fraction.
    ///
    /// - Parameter sums: Running sums of the probabilities, divided by the last.
    public mutating func choice(sums: [Double]) -> Int {
        let number = fraction()
        return sums.firstIndex { $0 > number } ?? sums.count
    }

    private mutating func renew() {
        for index in 0..<Self.size {
            let next = state[index + 1 == Self.size ? 0 : index + 1]
            let mixed = (state[index] & 0x8000_0000) | (next & 0x7FFF_FFFF)
            let far = index + Self.middle < Self.size ? index + Self.middle : index + Self.middle - Self.size
            state[index] = state[far] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        used = 0
    }
}
