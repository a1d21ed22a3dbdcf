import CErlangshenChecksum

/// SHA-256 sums.
enum Digest {
    /// The 32 bytes of the sum of `bytes`.
    static func bytes(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        esh_sha256_add(&hash, bytes.baseAddress, bytes.count)
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_end(&hash, &digest)
        return digest
    }

    /// The sum of `bytes` in hexadecimal digits.
    static func hex(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { hex(digest: Self.bytes(of: $0)) } }

    /// Ends a sum; hexadecimal digits.
    static func end(_ hash: inout esh_sha256) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_end(&hash, &digest)
        return hex(digest: digest)
    }

    private static func hex(digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Parts of paths.
enum FileName {
    /// The part behind the last slash.
    static func last(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The part before the last slash, `.` when there is none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The prefix of a shard: `corpus-00003`, `corpus.heldout-00003`.
    static func shard(_ prefix: String, _ number: Int, isHeldOut: Bool) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return prefix + (isHeldOut ? ".heldout-" : "-") + padded
    }
}
