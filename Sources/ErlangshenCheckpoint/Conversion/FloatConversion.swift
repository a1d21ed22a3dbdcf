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
        case .f16: convert(input, HalfFormat.self, into: output)
        case .bf16: convert(input, BrainFormat.self, into: output)
        case .f64 where target == .f32: convert(input, DoubleToSingleFormat.self, into: output)
        case .f64: convert(input, DoubleFormat.self, into: output)
        default: convert(input, SingleFormat.self, into: output)
        }
    }

    private mutating func convert<Source: FloatFormat>(
        _ input: UnsafeRawBufferPointer, _: Source.Type, into output: UnsafeMutableRawBufferPointer
    ) -> Int {
        switch target {
        case .f16: convert(input, Source.self, into: output, HalfFormat.self)
        case .bf16: convert(input, Source.self, into: output, BrainFormat.self)
        default: convert(input, Source.self, into: output, SingleFormat.self)
        }
    }

    private mutating func convert<Source: FloatFormat, Target: FloatFormat>(
        _ input: UnsafeRawBufferPointer, _: Source.Type, into output: UnsafeMutableRawBufferPointer, _: Target.Type
    ) -> Int {
        let (sourceWidth, targetWidth) = (MemoryLayout<Source.Bits>.size, MemoryLayout<Target.Bits>.size)
        var (overflows, underflows) = (0, 0)
        let count = input.count / sourceWidth
        for index in 0..<count {
            let bits = input.loadUnaligned(fromByteOffset: index &* sourceWidth, as: Source.Bits.self)
            let rounded = Target.rounded(Source.widened(bits))
            let (before, after) = (Source.magnitude(bits), Target.magnitude(rounded))
            overflows &+= before < Source.infinity && after == Target.infinity ? 1 : 0
            underflows &+= before != 0 && after == 0 ? 1 : 0
            output.storeBytes(of: rounded, toByteOffset: index &* targetWidth, as: Target.Bits.self)
        }
        overflowCount += overflows
        underflowCount += underflows
        return count * targetWidth
    }
}
