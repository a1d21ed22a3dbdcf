import CErlangshenChecksum
import ErlangshenJSON
import Testing

@testable import ErlangshenCheckpoint

/// CRC-32 of long arrays of results by numpy and torch: tools/goldens/make_checkpoint_goldens.py, `conversions()`.
@Suite struct FloatConversionTests {
    private func golden(_ key: String) throws -> UInt32 {
        let value = try JSONValue.parse(try Goldens.bytes("floats.json"))[key]?.intValue
        return try #require(value.flatMap { UInt32(exactly: $0) })
    }

    private func run<T>(_ values: [T], _ source: DType, _ target: DType) throws -> (bytes: [UInt8], FloatConversion) {
        var conversion = try #require(FloatConversion(from: source, to: target))
        let elementCount = values.count * MemoryLayout<T>.size * 8 / source.bitCount
        var output = [UInt8](repeating: 0, count: elementCount * target.bitCount / 8)
        let count = values.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { conversion.convert(input, into: $0) }
        }
        #expect(count == output.count)
        return (output, conversion)
    }

    private func checksum(_ bytes: [UInt8]) -> UInt32 { esh_crc32_portable(0, bytes, bytes.count) }

    private var singles: [Float] {
        (0..<(1 << 18)).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0 * 16_411)) }.filter { !$0.isNaN }
    }

    private var doubles: [Double] {
        (0..<UInt64(1 << 16)).map { Double(bitPattern: $0 &* 0x0000_B504_F333_F9DF &+ 0x3E00_0000_0000_0000) }
            .filter { $0.isFinite && abs($0) < 1e30 }
    }

    @Test func widensEveryHalf() throws {
        let halves = (0..<65_536).map { UInt16($0) }.filter { $0 & 0x7FFF <= 0x7C00 }
        #expect(checksum(try run(halves, .f16, .f32).bytes) == (try golden("f16-f32")))
        // Back again nothing is lost.
        let back = try run(try run(halves, .f16, .f32).bytes, .f32, .f16)
        let isSame = halves.withUnsafeBytes { $0.elementsEqual(back.bytes) }
        #expect(isSame)
        #expect(back.1.overflowCount == 0 && back.1.underflowCount == 0)
    }

    @Test func narrowsSingles() throws {
        let (half, conversion) = try run(singles, .f32, .f16)
        #expect(checksum(half) == (try golden("f32-f16")))
        #expect(conversion.overflowCount == Int(try golden("f32-f16-overflowed")))
        #expect(conversion.underflowCount == Int(try golden("f32-f16-underflowed")))
        #expect(checksum(try run(singles, .f32, .bf16).bytes) == (try golden("f32-bf16")))
    }

    @Test func narrowsDoubles() throws {
        #expect(doubles.count == Int(try golden("f64-count")))
        #expect(checksum(try run(doubles, .f64, .f16).bytes) == (try golden("f64-f16")))
        #expect(checksum(try run(doubles, .f64, .f32).bytes) == (try golden("f64-f32")))
    }

    /// Just above the middle between 1 and its neighbour: rounding to single first would land on the middle.
    @Test func roundsDoublesOnce() throws {
        for (target, bits) in [(DType.bf16, 8), (.f16, 11)] {
            let above = [1 + Double(sign: .plus, exponent: -bits, significand: 1) + 0x1p-40]
            let expected: UInt16 = target == .bf16 ? 0x3F81 : 0x3C01
            #expect(try run(above, .f64, target).bytes == little(expected))
        }
        let large = try run([Double.greatestFiniteMagnitude, -1e300], .f64, .bf16)
        #expect(large.bytes == little(UInt16(0x7F80)) + little(UInt16(0xFF80)))
        #expect(large.1.overflowCount == 2)
        let small = try run([Double.leastNonzeroMagnitude, -1e-300, 0.0, -0.0], .f64, .f16)
        #expect(small.bytes == little(UInt16(0)) + little(UInt16(0x8000)) + little(UInt16(0)) + little(UInt16(0x8000)))
        #expect(small.1.underflowCount == 2)
    }

    @Test func keepsNaNAndInfinity() throws {
        let values: [Float] = [.nan, -.nan, .signalingNaN, Float(bitPattern: 0x7F80_0001), .infinity, -.infinity]
        for target in [DType.f16, .bf16, .f32] {
            let (bytes, conversion) = try run(values, .f32, target)
            let back = try run(bytes, target, .f32).bytes
            for index in 0..<4 {
                let value = back.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 4, as: Float.self) }
                #expect(value.isNaN, "\(target) \(index)")
            }
            #expect(Array(back[16...]) == little(Float.infinity.bitPattern) + little((-Float.infinity).bitPattern))
            #expect(conversion.overflowCount == 0)
        }
    }

    @Test func refusesOtherTypes() {
        #expect(FloatConversion(from: .i64, to: .f32) == nil)
        #expect(FloatConversion(from: .f32, to: .f64) == nil)
        #expect(FloatConversion(from: .f32, to: .i8) == nil)
    }
}
