#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Numbers by chance from a counter, normal ones or even ones: number i depends on the seed, the name of the stream and i alone.
///
/// *Source:* SplitMix64's finisher over the counter (Steele, Lea, Flood 2014); Box and Muller 1958.
struct NormalNumbers {
    private let key: UInt64

    init(seed: UInt64, stream: String) {
        key = stream.utf8.reduce(Self.mixed(seed)) { Self.mixed($0 ^ UInt64($1)) }
    }

    /// `count` numbers with mean 0.
    func floats(_ count: Int, deviation: Float) -> [Float] {
        (0..<count).map { index in
            let bits = Self.mixed(key &+ UInt64(index / 2) &* 0x9E37_79B9_7F4A_7C15)
            // Two uniform numbers make two normal ones: the first above 0, so that its logarithm exists.
            let first = (Double(bits >> 32) + 1) * 0x1p-32
            let angle = 2 * Double.pi * Double(bits & 0xffff_ffff) * 0x1p-32
            let length = (-2 * log(first)).squareRoot()
            return deviation * Float(length * (index.isMultiple(of: 2) ? cos(angle) : sin(angle)))
        }
    }

    /// `count` numbers evenly within ±`reach`.
    func evenFloats(_ count: Int, reach: Float) -> [Float] {
        (0..<count).map { index in
            let bits = Self.mixed(key &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
            return reach * (2 * Float(bits >> 40) * 0x1p-24 - 1)
        }
    }

    private static func mixed(_ bits: UInt64) -> UInt64 {
        var z = bits &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
