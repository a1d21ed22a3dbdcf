#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads files of the cache and takes their sums.
enum CachedFileCheck {
    /// Whether the regular file that a path leads to has the bytes of `file`; false when nothing is there.
    static func isRight(_ path: String, _ file: RemoteFile) throws(HubError) -> Bool {
        guard HubFiles.size(path) == file.byteCount else { return false }
        return try sum(of: path, like: file.hash) == file.hash.hexadecimal
    }

    /// The sum of a file in hexadecimal, of the kind of `hash`; nil when it is gone.
    static func sum(of path: String, like hash: ContentHash) throws(HubError) -> String? {
        guard let size = HubFiles.size(path) else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var hasher = ContentHasher(like: hash, byteCount: size)
        try HubFiles.eachBlock(of: descriptor, path: path) { block throws(HubError) in hasher.add(block) }
        return hasher.hexadecimal()
    }
}
