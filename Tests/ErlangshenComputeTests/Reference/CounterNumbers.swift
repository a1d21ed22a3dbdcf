/// Numbers addressed by (seed, index): the same on every machine, whatever was asked before.
struct CounterNumbers {
    let seed: UInt64

    /// 64 random bits at an address.
    func bits(_ index: Int) -> UInt64 {
        var z = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// `count` numbers in offset − width … offset + width.
    func floats(_ count: Int, width: Float = 1, around offset: Float = 0) -> [Float] {
        (0..<count).map { offset + width * Float(Int32(truncatingIfNeeded: bits($0) >> 32)) / 0x1p31 }
    }

    /// `count` integers in 0..<limit.
    func integers(_ count: Int, below limit: Int) -> [Int32] {
        (0..<count).map { Int32(bits($0) % UInt64(limit)) }
    }

    /// `count` positions of which some are left out: the first is 1…3, each next one 1…3 more.
    func gappedPositions(_ count: Int) -> [Int32] {
        var position: Int32 = 0
        return (0..<count).map {
            position += 1 + Int32(bits($0) % 3)
            return position
        }
    }
}
