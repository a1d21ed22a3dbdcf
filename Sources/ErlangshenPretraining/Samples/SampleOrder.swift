import ErlangshenRandom

/// The order of the samples of an epoch: a permutation of 0 ..< count that is computed place by place.
///
/// No list is kept, so that 10⁹ samples cost nothing. A Feistel network over 2h bits, its rounds keyed by (seed, epoch),
/// is a permutation of 0 ..< 4ʰ; from a place outside of 0 ..< count it is applied again until it comes inside, on the
/// average fewer than four times.
///
/// *Source:* J. Black, P. Rogaway, Ciphers with Arbitrary Finite Domains (CT-RSA 2002), "cycle-walking".
struct SampleOrder: Sendable {
    let count: Int
    private let generator: Philox
    /// h, from 1 to 31.
    private let halfBits: Int

    // Beside the purposes of `TrainingOrder`, `PairedBootstrap` and `DropoutKeys`, which are 1 to 4 and from 16 on.
    private static let purpose: UInt32 = 5
    private static let roundCount: UInt32 = 7
    static let maximumCount = 1 << 62

    /// - Precondition: `count` is from 0 to 2⁶².
    init(count: Int, seed: UInt64) {
        precondition((0...Self.maximumCount).contains(count), "\(count) samples")
        self.count = count
        generator = Philox(seed: seed)
        let bits = Int.bitWidth - max(1, count - 1).leadingZeroBitCount
        halfBits = max(1, (bits + 1) / 2)
    }

    /// The sample at a place of an epoch.
    func sample(at position: Int, epoch: Int) -> Int {
        precondition((0..<count).contains(position), "place \(position) of \(count)")
        var place = UInt64(position)
        repeat { place = scattered(place, UInt32(truncatingIfNeeded: epoch)) } while place >= UInt64(count)
        return Int(place)
    }

    private func scattered(_ place: UInt64, _ epoch: UInt32) -> UInt64 {
        let mask = (UInt64(1) << UInt64(halfBits)) - 1
        var (left, right) = (place >> UInt64(halfBits), place & mask)
        for round in 0..<Self.roundCount {
            let word = generator.words(
                at: SIMD4(UInt32(truncatingIfNeeded: right), round, epoch, Self.purpose))[0]
            (left, right) = (right, left ^ UInt64(word) & mask)
        }
        return left << UInt64(halfBits) | right
    }
}
