import ErlangshenCheckpoint

/// What the numbers of a tensor look like.
struct TensorScan: Sendable, Equatable {
    /// Elements that are NaN or infinite.
    let nonFiniteCount: Int
    /// The index of the first of them.
    let firstNonFinite: Int?
    /// Whether every element is zero.
    let isZero: Bool
    /// The largest magnitude among the finite elements.
    let largest: Double

    /// Reads a tensor of F64, F32, F16 or BF16; nil for other types.
    init?(_ tensor: TensorBytes) {
        switch tensor.info.dtype {
        case .f32: self.init(tensor, UInt32.self, exponent: 0x7F80_0000) { Double(Float(bitPattern: $0)) }
        case .f64: self.init(tensor, UInt64.self, exponent: 0x7FF0_0000_0000_0000) { Double(bitPattern: $0) }
        case .bf16: self.init(tensor, UInt16.self, exponent: 0x7F80) { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .f16: self.init(tensor, UInt16.self, exponent: 0x7C00, Self.half)
        default: return nil
        }
    }

    /// Magnitudes of floating-point numbers order as their bits do without the sign.
    private init<Bits: FixedWidthInteger & UnsignedInteger>(
        _ tensor: TensorBytes, _ type: Bits.Type, exponent: Bits, _ value: (Bits) -> Double
    ) {
        let magnitudes = ~(Bits(1) << (Bits.bitWidth - 1))
        (nonFiniteCount, firstNonFinite, isZero, largest) = tensor.withUnsafeBytes { bytes in
            let count = bytes.count / MemoryLayout<Bits>.size
            var peak: Bits = 0
            for index in 0..<count {
                let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
                peak = max(peak, Bits(littleEndian: bits) & magnitudes)
            }
            guard peak >= exponent else { return (0, nil, peak == 0, value(peak)) }
            var (found, first, finitePeak): (Int, Int?, Bits) = (0, nil, 0)
            for index in 0..<count {
                let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
                let magnitude = Bits(littleEndian: bits) & magnitudes
                guard magnitude >= exponent else {
                    finitePeak = max(finitePeak, magnitude)
                    continue
                }
                found += 1
                if first == nil { first = index }
            }
            return (found, first, false, value(finitePeak))
        }
    }

    /// The value of a positive half-precision number.
    private static func half(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10), Double(bits & 0x3FF))
        // Subnormals count in units of 2⁻²⁴.
        guard exponent > 0 else { return fraction * 0x1p-24 }
        return (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
}
