/// Keys by which texts that are nearly equal find each other.
///
/// *Concretely:* each run of five characters of the text without white space is hashed; the upper seven bits choose one
/// of 128 bins, which keeps the smallest rest (one permutation hashing; an empty bin takes the value of the next that is
/// not, changed by the distance). Sixteen keys are made of eight bins each; two texts that share a key count as near
/// duplicates. For texts whose sets of runs have the Jaccard similarity s that happens with the probability
/// 1 − (1 − s⁸)¹⁶: 0.06 at 0.5, 0.61 at 0.7, 0.95 at 0.8, 0.9999 at 0.9. Half of them are found at 0.67.
///
/// *Source:* A. Broder 1997; P. Li, A. Owen, C.-H. Zhang 2012 (one permutation); A. Shrivastava, P. Li 2014.
enum MinHash {
    static let keyCount = 16
    static let binsPerKey = 8
    static let binCount = keyCount * binsPerKey
    static let shingleLength = 5
    /// Texts with fewer runs are compared as a whole alone.
    static let minimumShingleCount = 32

    /// Appends the keys of a normalised text in UTF-8; none for a short one.
    static func appendKeys(of normalized: [UInt8], to keys: inout [UInt64]) {
        var bins = [UInt64](repeating: .max, count: binCount)
        let count = fill(&bins, normalized)
        guard count >= minimumShingleCount else { return }
        densify(&bins)
        for key in 0..<keyCount {
            var value = UInt64(key)
            for bin in bins[key * binsPerKey..<(key + 1) * binsPerKey] { value = mix(value ^ bin) }
            // 0 marks a free place of the table.
            keys.append(value == 0 ? 1 : value)
        }
    }

    /// The finaliser of splitmix64.
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Hashes every run of characters; how many there were.
    private static func fill(_ bins: inout [UInt64], _ text: [UInt8]) -> Int {
        let factor: UInt64 = 0x100_0000_01B3
        let outgoing = (0..<shingleLength).reduce(1 as UInt64) { power, _ in power &* factor }
        var (rolling, count, place) = (0 as UInt64, 0, 0)
        var ring = (0 as UInt64, 0 as UInt64, 0 as UInt64, 0 as UInt64, 0 as UInt64)
        return text.withUnsafeBufferPointer { text in
            bins.withUnsafeMutableBufferPointer { bins in
                while place < text.count {
                    let scalar = UInt64(character(text, &place)) &+ 1
                    rolling = rolling &* factor &+ scalar &- ring.0 &* outgoing
                    ring = (ring.1, ring.2, ring.3, ring.4, scalar)
                    count &+= 1
                    guard count >= shingleLength else { continue }
                    let hash = mix(rolling)
                    let bin = Int(hash >> 57)
                    bins[bin] = min(bins[bin], hash & ((1 << 57) - 1))
                }
                return max(0, count - shingleLength + 1)
            }
        }
    }

    @inline(__always)
    private static func character(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> UInt32 {
        let first = text[place]
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = UInt32(first)
        for offset in 1..<max(1, min(length, text.count - place)) { value = value << 8 | UInt32(text[place &+ offset]) }
        place &+= length
        return value
    }

    private static func densify(_ bins: inout [UInt64]) {
        let found = bins
        for bin in 0..<binCount where found[bin] == .max {
            var distance = 1
            while found[(bin + distance) % binCount] == .max { distance += 1 }
            bins[bin] = mix(found[(bin + distance) % binCount] &+ UInt64(distance) << 57)
        }
    }
}
