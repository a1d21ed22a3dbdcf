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

@Suite struct CRC32CTests {
    /// 32 zero bytes from RFC 3720, B.4; the check value of CRC-32/ISCSI for the digits.
    @Test func equalsOthers() {
        #expect(esh_crc32c(0, [UInt8](repeating: 0, count: 32), 32) == 0x8A91_36AA)
        #expect(esh_crc32c(0, "123456789", 9) == 0xE306_9283)
        #expect(esh_crc32c(esh_crc32c(0, "1234", 4), "56789", 5) == 0xE306_9283)
        #expect(esh_crc32c(0, nil, 0) == 0)
    }
}

@Suite struct SHA256Tests {
    private func sum(_ bytes: [UInt8], isPortable: Bool, pieces: [Int] = []) -> String {
        var hash = esh_sha256()
        isPortable ? esh_sha256_begin_portable(&hash) : esh_sha256_begin(&hash)
        bytes.withUnsafeBytes { buffer in
            var start = 0
            for piece in pieces + [bytes.count] {
                let count = min(piece, bytes.count - start)
                esh_sha256_add(&hash, buffer.baseAddress.map { $0 + start }, count)
                start += count
            }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_end(&hash, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The first three from FIPS 180-2, appendix B, without the repetition; the last by
    /// `python3 -c 'import hashlib; print(hashlib.sha256(bytes(i*7 % 251 for i in range(100003))).hexdigest())'`
    @Test(arguments: [false, true])
    func equalsOthers(isPortable: Bool) {
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        for (text, expected) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (long, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        ] { #expect(sum(Array(text.utf8), isPortable: isPortable) == expected) }
        let bytes = (0..<100_003).map { UInt8($0 * 7 % 251) }
        #expect(
            sum(bytes, isPortable: isPortable) == "adb88f7b4c6997396951be8cdb7c8d21e6f6640578db1dd56f8361306bab51f0")
    }

    /// The fast one at every length around its block size, in one piece and in several.
    @Test func fastEqualsPortable() {
        var damage = Damage(seed: 2)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8(damage.next(below: 256)) }
            let expected = sum(bytes, isPortable: true)
            #expect(sum(bytes, isPortable: false) == expected, "length \(length)")
            let pieces = (0..<4).map { _ in damage.next(below: 130) }
            #expect(sum(bytes, isPortable: false, pieces: pieces) == expected, "length \(length), pieces \(pieces)")
        }
        print("SHA-256 by \(String(cString: esh_sha256_implementation()))")
    }
}
