#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads and writes the small files beside the weights: `config.json` and the like.
public enum SmallFile {
    /// The largest file that is read whole.
    public static let maximumByteCount = 64 << 20

    /// Writes a file that appears under its name, replacing any, only when it is whole and on the disk.
    ///
    /// - Throws: `CheckpointError.system` with what the system refused.
    public static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// The bytes of a regular file.
    ///
    /// - Throws: `CheckpointError.system` when it cannot be opened or read, or is larger than `maximumByteCount`;
    ///   `.notAFile` for a folder or device; `.foreignFile` for what a download left in its place: nothing, a web
    ///   page, a Git LFS pointer, an archive.
    public static func read(_ path: String) throws(CheckpointError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(operation: "read", path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_size <= maximumByteCount else { throw .system(operation: "read", path: path, code: EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { room in
                room.baseAddress.map { readBytes(descriptor, $0 + filled, room.count - filled) } ?? 0
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, code: errno) }
            guard count > 0 else { break }
            filled += count
        }
        let kind = bytes.prefix(filled).withUnsafeBytes { ForeignFile($0) }
        if let kind, kind != .json { throw .foreignFile(path: path, kind) }
        return Array(bytes.prefix(filled))
    }
}

/// The system's `read`, under a name that `SmallFile.read` does not hide.
private func readBytes(_ descriptor: Int32, _ room: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, room, count)
}
