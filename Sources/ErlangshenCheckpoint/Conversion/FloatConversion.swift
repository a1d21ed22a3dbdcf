/// Rounds floating-point numbers from one type to another, to nearest and ties to even.
///
/// NaN stays NaN. What happened to finite numbers is counted: those that became infinite, and those that became zero.
struct FloatConversion {
    private(set) var overflowCount = 0
    private(set) var underflowCount = 0
    let source: DType
    let target: DType

    /// A conversion between two of F32, F16, BF16 and F64, the last only as source.
    init?(from source: DType, to target: DType) {
        guard source.isConvertible, target.isConvertible, target != .f64 else { return nil }
        self.source = source
        self.target = target
    }

    /// Converts `input`, whole elements, into the start of `output`, which has room for them; returns bytes written.
    mutating func convert(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        switch source {
        case .f16: convert(input, into: output) { (bits: UInt16) in FloatConversion.single(half: bits) }
        case .bf16: convert(input, into: output) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .f64 where target == .f32: convertDoubles(input, into: output) { Float($0) }
        case .f64: convertDoubles(input, into: output) { FloatConversion.roundedToOdd($0) }
        default: convert(input, into: output) { (bits: UInt32) in Float(bitPattern: bits) }
        }
    }

    private mutating func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, load: (Bits) -> Float
    ) -> Int {
        let width = MemoryLayout<Bits>.size
        let count = input.count / width
        for index in 0..<count {
            let value = load(input.loadUnaligned(fromByteOffset: index * width, as: Bits.self))
            store(value, isFinite: value.isFinite, isZero: value.isZero, at: index, in: output)
        }
        return count * target.bitCount / 8
    }

    /// Doubles need their own finiteness: rounding to single may already have lost it.
    private mutating func convertDoubles(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, round: (Double) -> Float
    ) -> Int {
        let count = input.count / 8
        for index in 0..<count {
            let value = input.loadUnaligned(fromByteOffset: index * 8, as: Double.self)
            store(round(value), isFinite: value.isFinite, isZero: value.isZero, at: index, in: output)
        }
        return count * target.bitCount / 8
    }

    @inline(__always)
    private mutating func store(
        _ value: Float, isFinite: Bool, isZero: Bool, at index: Int, in output: UnsafeMutableRawBufferPointer
    ) {
        switch target {
        case .f16:
            let bits = FloatConversion.half(value)
            overflowCount += isFinite && bits & 0x7FFF == 0x7C00 ? 1 : 0
            underflowCount += !isZero && bits & 0x7FFF == 0 ? 1 : 0
            output.storeBytes(of: bits, toByteOffset: index * 2, as: UInt16.self)
        case .bf16:
            let bits = FloatConversion.brainHalf(value)
            overflowCount += isFinite && bits & 0x7FFF == 0x7F80 ? 1 : 0
            underflowCount += !isZero && bits & 0x7FFF == 0 ? 1 : 0
            output.storeBytes(of: bits, toByteOffset: index * 2, as: UInt16.self)
        default:
            overflowCount += isFinite && value.isInfinite ? 1 : 0
            underflowCount += !isZero && value.isZero ? 1 : 0
            output.storeBytes(of: value.bitPattern, toByteOffset: index * 4, as: UInt32.self)
        }
    }

    /// Half precision to single, exact.
    static func single(half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let magnitude = UInt32(half & 0x7FFF)
        if magnitude >= 0x7C00 { return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13) }
        // The exponent of a subnormal is that of the smallest normal number, so one product serves both.
        let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: (254 - 15) << 23)
        return Float(bitPattern: sign | scaled.bitPattern)
    }

    /// Single precision to half, to nearest, ties to even.
    static func half(_ value: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13 & 0x3FF) }
        // From half way between the largest number and the next power of two on.
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Added to 0.5 the unit in the last place is that of a subnormal half, so the sum rounds as wanted.
            let sum = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: sum.bitPattern - Float(0.5).bitPattern)
        }
        let rebiased = magnitude - (127 - 15) << 23
        return sign | UInt16(truncatingIfNeeded: (rebiased + 0xFFF + (rebiased >> 13 & 1)) >> 13)
    }

    /// Single precision to its upper half, to nearest, ties to even.
    static func brainHalf(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    /// Double to single so that rounding again to a type of 22 bits or fewer gives what rounding once would.
    /// Source: Boldo and Melquiond, "When double rounding is odd", 2005.
    static func roundedToOdd(_ value: Double) -> Float {
        let nearest = Float(value)
        guard value.isFinite, Double(nearest) != value else { return nearest }
        let isAway = abs(Double(nearest)) > abs(value)
        return Float(bitPattern: (isAway ? nearest.bitPattern - 1 : nearest.bitPattern) | 1)
    }
}
