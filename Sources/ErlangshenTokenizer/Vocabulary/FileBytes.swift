#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads whole small files without ever taking more memory than the limit.
enum FileBytes {
    /// The bytes of the file at `path`, or nil if there is none and `optional` says that this is in order.
    ///
    /// - Throws: `unreadableFile` (also for directories, devices and pipes) and `fileTooLarge`.
    static func load(_ path: String, limit: Int, optional: Bool = false) throws(TokenizerError) -> [UInt8]? {
        // Non-blocking, so that a pipe under this name is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if optional, errno == ENOENT { return nil }
            throw .unreadableFile(path: path, reason: systemReason())
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadableFile(path: path, reason: systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableFile(path: path, reason: "it is not a regular file")
        }
        guard let size = Int(exactly: status.st_size), size <= limit else {
            throw .fileTooLarge(path: path, byteCount: Int(clamping: status.st_size), limit: limit)
        }
        return try contents(of: descriptor, path: path, size: size)
    }

    private static func contents(of descriptor: Int32, path: String, size: Int) throws(TokenizerError) -> [UInt8] {
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let taken = read(descriptor, base + count, size - count)
                if taken < 0, errno == EINTR { continue }
                if taken < 0 { failure = systemReason() }
                guard taken > 0 else { return }
                count += taken
            }
        }
        if let failure { throw .unreadableFile(path: path, reason: failure) }
        return bytes
    }

    private static func systemReason() -> String { String(cString: strerror(errno)) }
}
