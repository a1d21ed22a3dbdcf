import CErlangshenChecksum
import Testing

@Suite struct ChecksumTests {
    /// `python3 -c 'import zlib; print([hex(zlib.crc32(b)) for b in (b"", b"123456789", bytes(range(256)) * 5)])'`
    @Test func equalsZlib() {
        let bytes = (0..<1_280).map { UInt8(truncatingIfNeeded: $0) }
        for checksum in [esh_crc32, esh_crc32_portable] {
            #expect(checksum(0, nil, 0) == 0)
            #expect(checksum(0, "123456789", 9) == 0xCBF4_3926)
            #expect(checksum(0, bytes, bytes.count) == 0x1E7A_6D24)
        }
    }

    /// The fast one at every length and alignment around its block sizes, and continued from any place.
    @Test func fastEqualsPortable() {
        var damage = Damage(seed: 1)
        let bytes = (0..<700).map { _ in UInt8(damage.next(below: 256)) }
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for length in 0..<600 {
                let start = base + length % 17
                let expected = esh_crc32_portable(7, start, length)
                #expect(esh_crc32(7, start, length) == expected, "length \(length)")
                let half = length / 3
                #expect(esh_crc32(esh_crc32(7, start, half), start + half, length - half) == expected)
            }
        }
        print("CRC-32 by \(String(cString: esh_crc32_implementation()))")
    }
}
