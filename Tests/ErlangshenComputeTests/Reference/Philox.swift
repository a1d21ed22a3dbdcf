/// Philox4x32-10, round by round as in Salmon, Moraes, Dror, Shaw (2011), and the masks of dropout made with it.
enum Philox {
    static func words(counter: [UInt32], key: [UInt32]) -> [UInt32] {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let left = c[0].multipliedFullWidth(by: 0xD251_1F53), right = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
            c = [right.high ^ c[1] ^ k[0], right.low, left.high ^ c[3] ^ k[1], left.low]
            k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
        }
        return c
    }

    /// What number `index` of a row is multiplied by: 0 or 1/(1 − p).
    static func factor(_ index: Int, key: UInt64, extra: Int = 0, stream: UInt32, probability: Float) -> Double {
        let halves = [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)]
        let word = words(counter: [UInt32(index / 4), UInt32(extra), stream, 0], key: halves)[index % 4]
        let p = Double(probability)
        return Double(word) >= (p * 0x1p32).rounded() ? 1 / (1 - p) : 0
    }
}
