/// A floating-point type as bits: sign on top, then exponent, then fraction.
protocol FloatFormat {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable

    /// The bits of infinity; what is greater, the sign aside, is NaN.
    static var infinity: Bits { get }
    /// The number in single precision, exact unless this type is wider.
    static func widened(_ bits: Bits) -> Float
    /// The number of this type nearest to `value`, ties to even, NaN kept.
    static func rounded(_ value: Float) -> Bits
}

extension FloatFormat {
    static func magnitude(_ bits: Bits) -> Bits { bits & Bits.max >> 1 }
}

/// IEEE single precision.
enum SingleFormat: FloatFormat {
    static let infinity: UInt32 = 0x7F80_0000

    static func widened(_ bits: UInt32) -> Float { Float(bitPattern: bits) }
    static func rounded(_ value: Float) -> UInt32 { value.bitPattern }
}

/// The upper half of single precision.
enum BrainFormat: FloatFormat {
    static let infinity: UInt16 = 0x7F80

    static func widened(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    static func rounded(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let nearest = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
        return UInt16(truncatingIfNeeded: value.isNaN ? bits >> 16 | 0x40 : nearest)
    }
}

/// IEEE half precision.
enum HalfFormat: FloatFormat {
    static let infinity: UInt16 = 0x7C00

    static func widened(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF)
        // The exponent of a subnormal is that of the smallest normal number, so one product by 2^112 serves both.
        let finite = (Float(bitPattern: magnitude << 13) * Float(bitPattern: (254 - 15) << 23)).bitPattern
        return Float(bitPattern: sign | (magnitude >= 0x7C00 ? 0x7F80_0000 | (magnitude & 0x3FF) << 13 : finite))
    }

    static func rounded(_ value: Float) -> UInt16 {
        let sign = value.bitPattern >> 16 & 0x8000
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        // Added to 0.5 the unit in the last place is that of a subnormal half, so the sum rounds as wanted.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
        let normal = (magnitude &- (127 - 15) << 23 &+ 0xFFF &+ (magnitude >> 13 & 1)) >> 13
        let finite = magnitude < 0x3880_0000 ? subnormal : normal
        // From half way between the largest number and the next power of two on there is only infinity.
        let ordered = magnitude >= 0x477F_F000 ? 0x7C00 : finite
        let result = magnitude > 0x7F80_0000 ? 0x7E00 | magnitude >> 13 & 0x3FF : ordered
        return UInt16(truncatingIfNeeded: sign | result)
    }
}

/// IEEE double precision on its way to a type narrower than single precision.
enum DoubleFormat: FloatFormat {
    static let infinity: UInt64 = 0x7FF0_0000_0000_0000

    /// Rounds to odd, so that rounding again to 22 bits or fewer gives what rounding once would.
    /// Source: Boldo and Melquiond, "When double rounding is odd", 2005.
    static func widened(_ bits: UInt64) -> Float {
        let value = Double(bitPattern: bits)
        let nearest = Float(value)
        guard value.isFinite, Double(nearest) != value else { return nearest }
        let isAway = abs(Double(nearest)) > abs(value)
        return Float(bitPattern: (isAway ? nearest.bitPattern - 1 : nearest.bitPattern) | 1)
    }

    static func rounded(_ value: Float) -> UInt64 { Double(value).bitPattern }
}

/// IEEE double precision on its way to single precision, which rounds once.
enum DoubleToSingleFormat: FloatFormat {
    static let infinity = DoubleFormat.infinity

    static func widened(_ bits: UInt64) -> Float { Float(Double(bitPattern: bits)) }
    static func rounded(_ value: Float) -> UInt64 { DoubleFormat.rounded(value) }
}
