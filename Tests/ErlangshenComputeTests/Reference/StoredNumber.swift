/// Numbers in the formats of checkpoints, by the formats' definitions.
enum StoredNumber {
    /// IEEE half: (−1)^s · 2^(e−15) · (1 + f/1024), 2^−14 · f/1024 for e = 0, ∞ or NaN for e = 31.
    static func half(_ pattern: UInt16) -> Double {
        binary(Int(pattern), exponentBits: 5, fractionBits: 10)
    }

    /// bfloat16: 8 bits of exponent, 7 of fraction.
    static func brain(_ pattern: UInt16) -> Double {
        binary(Int(pattern), exponentBits: 8, fractionBits: 7)
    }

    private static func binary(_ pattern: Int, exponentBits: Int, fractionBits: Int) -> Double {
        let fraction = pattern & (1 << fractionBits - 1)
        let exponent = pattern >> fractionBits & (1 << exponentBits - 1)
        let isNegative = pattern >> (exponentBits + fractionBits) == 1
        let bias = 1 << (exponentBits - 1) - 1
        if exponent == 1 << exponentBits - 1 { return fraction != 0 ? .nan : isNegative ? -.infinity : .infinity }
        let significand = exponent == 0 ? fraction : fraction + 1 << fractionBits
        let scale = Double(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
        return (isNegative ? -1 : 1) * Double(significand) * scale
    }

    /// True when `single` is the float nearest to `double`, the even one of two that are equally near.
    static func isNearest(_ single: Float, to double: Double) -> Bool {
        if double.isNaN { return single.isNaN }
        if single.isNaN || (single.sign != double.sign) { return false }
        // Half a unit beyond the largest float, 2^128 − 2^103, infinity begins.
        if single.isInfinite { return abs(double) >= 0x1.ffffffp127 }
        let distance = abs(Double(single) - double)
        let outer = single.magnitude == .greatestFiniteMagnitude
        return [single.nextUp, single.nextDown].allSatisfy { neighbour in
            let other = neighbour.isInfinite && outer ? abs(0x1p128 - abs(double)) : abs(Double(neighbour) - double)
            return distance < other || (distance == other && single.bitPattern & 1 == 0)
        }
    }
}
