// Truth: the number formats by their definitions, in Reference/StoredNumber.swift.
import ErlangshenCompute
import Testing

@Suite struct TensorTests {
    /// What is read back after a fill from an odd address.
    static func converted<Stored>(_ stored: [Stored], _ type: ElementType, on device: Device) throws -> Matrix {
        let tensor = try Tensor(rows: 1, columns: stored.count, on: device, purpose: "a test")
        let bytes = [0] + stored.withUnsafeBytes(Array.init)
        try bytes.withUnsafeBytes { try tensor.fill(.init(rebasing: $0.dropFirst()), type: type) }
        return try tensor.read()
    }

    /// All patterns, and some more, so that the count is odd and beyond what one task converts.
    static let patterns = Array(UInt16.min...UInt16.max) + Array(UInt16(0x3bf1)..<0x3bfe)

    @Test(arguments: [(ElementType.float16, StoredNumber.half), (.bfloat16, StoredNumber.brain)])
    func everyPatternOf16Bits(type: ElementType, decode: @Sendable (UInt16) -> Double) throws {
        var truth = Truth(columns: Self.patterns.count)
        for pattern in Self.patterns { truth.append(decode(pattern)) }
        try truth.check("\(type)") { device, _ in
            let found = try Self.converted(Self.patterns, type, on: device)
            let zeros = Self.patterns.indices.filter { Self.patterns[$0] & 0x7fff == 0 }
            #expect(zeros.allSatisfy { (found.values[$0].sign == .minus) == (Self.patterns[$0] == 0x8000) })
            return found
        }
    }

    @Test func doublesBecomeTheNearestFloat() throws {
        let numbers = CounterNumbers(seed: 4)
        let near: [Double] = [
            0, -0.0, 1, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 1 + 0x3p-24, 0x1p-126, 0x1p-149, 0x1p-150, 0x1.8p-150,
            0x1.fffffefp127, 0x1.ffffffp127, .greatestFiniteMagnitude, .infinity, .nan, .leastNonzeroMagnitude,
        ]
        let doubles =
            near + near.map { -$0 } + (0..<5_000).map { Double(bitPattern: numbers.bits($0)) }
            + (0..<5_003).map { index in
                let significand = 1 + Double(numbers.bits(index) >> 12) * 0x1p-52
                return Double(sign: .plus, exponent: index % 290 - 155, significand: significand)
            }
        for pair in DevicePair.own {
            let found = try Self.converted(doubles, .float64, on: pair.one).values
            let wrong = doubles.indices.filter { !StoredNumber.isNearest(found[$0], to: doubles[$0]) }
            #expect(wrong.isEmpty, "\(pair.name): \(wrong.prefix(3).map { (doubles[$0], found[$0]) })")
            #expect(
                Truth.haveEqualBits(try Self.converted(doubles, .float64, on: pair.three).values, found),
                "\(pair.name): one thread and three differ")
        }
    }

    @Test func floatsKeepEveryBit() throws {
        let floats = (0..<70_001).map {
            Float(bitPattern: UInt32(truncatingIfNeeded: CounterNumbers(seed: 5).bits($0)))
        }
        for pair in DevicePair.own {
            #expect(Truth.haveEqualBits(try Self.converted(floats, .float32, on: pair.three).values, floats))
        }
    }
}
