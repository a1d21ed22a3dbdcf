import CErlangshenChecksum

/// SHA-256 sums in hexadecimal digits.
package enum FileSum {
    /// The sum of bytes in memory.
    static func hex(of bytes: [UInt8]) -> String {
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        bytes.withUnsafeBytes { esh_sha256_add(&hash, $0.baseAddress, $0.count) }
        return end(&hash)
    }

    /// The sum of all that `body` adds, piece by piece.
    package static func hex(adding body: ((UnsafeRawBufferPointer) -> Void) -> Void) -> String {
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        body { esh_sha256_add(&hash, $0.baseAddress, $0.count) }
        return end(&hash)
    }

    /// The sum and the number of bytes of an open file, from its start, and nothing of it kept in memory.
    static func hex(of file: borrowing StateFileReader) throws(StateFault) -> (sum: String, byteCount: Int) {
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        var count = 0
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { room.deallocate() }
        while true {
            let filled = try file.read(into: room)
            guard filled > 0 else { return (end(&hash), count) }
            esh_sha256_add(&hash, room.baseAddress, filled)
            count += filled
        }
    }

    private static func end(_ hash: inout esh_sha256) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_end(&hash, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
