/// Random numbers addressed by (seed, stream, index): the same bytes on every machine, in any order.
///
/// Each value is a hash of its address (the finaliser of SplitMix64), so nothing is carried from one to the next.
struct CounterGenerator: Sendable {
    let seed: UInt64

    /// 64 random bits at an address.
    func bits(stream: UInt64, index: UInt64) -> UInt64 {
        Self.mix(Self.mix(Self.mix(seed) &+ stream) &+ index)
    }

    /// A number near the normal distribution of mean 0 and deviation 1.
    ///
    /// The sum of eight 8-bit uniforms, made in integers: no library function that could differ between systems.
    func normal(stream: UInt64, index: UInt64) -> Float {
        var word = bits(stream: stream, index: index)
        var sum: Int32 = 0
        for _ in 0..<8 {
            sum += Int32(word & 255)
            word >>= 8
        }
        // Eight uniforms on 0...255 have mean 1020 and variance 8 · (256² − 1) / 12 = 43,690.
        return Float(sum - 1020) / 209.02153
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
