#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that appears under its name only when it is whole.
///
/// Bytes go to a temporary file in the same folder; `commit` brings them to the disk, renames the file and brings the
/// folder to the disk. Dropped without `commit` the temporary file is removed and what stood under the name stays; for
/// a process that a signal ends, see `UnfinishedFiles`.
package final class AtomicFile {
    /// Where the file is to stand.
    package let path: String
    /// Bytes written so far.
    package private(set) var count = 0
    private let temporaryPath: String
    private let slot: Int?
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferByteCount = 1 << 20

    /// Starts a file that is to stand at `path`.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        let folder = FileSystem.folder(of: path)
        let suffix = UInt64.random(in: .min ... .max)
        temporaryPath = FileSystem.join(folder, ".\(FileSystem.name(of: path)).\(String(suffix, radix: 36)).tmp")
        // Noted before it is there: noted afterwards, a signal in between would leave it behind.
        slot = UnfinishedFiles.add(temporaryPath)
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        buffer.reserveCapacity(AtomicFile.bufferByteCount)
    }

    deinit {
        defer { UnfinishedFiles.forget(slot) }
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        count += bytes.count
        if bytes.count >= AtomicFile.bufferByteCount {
            try flush()
            try writeAll(bytes)
        } else {
            buffer.append(contentsOf: bytes)
            if buffer.count >= AtomicFile.bufferByteCount { try flush() }
        }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(CheckpointError) {
        let result: Result<Void, CheckpointError> = bytes.withUnsafeBytes { raw in
            Result { () throws(CheckpointError) in try write(raw) }
        }
        try result.get()
    }

    /// Replaces bytes that were written before.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
        try flush()
        guard bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }) == bytes.count
        else { throw .system(operation: "write", path: path, code: errno) }
    }

    /// Puts the file in its place.
    package func commit() throws(CheckpointError) {
        try flush()
        guard fsync(descriptor) == 0 else { throw .system(operation: "write", path: path, code: errno) }
        guard rename(temporaryPath, path) == 0 else { throw .system(operation: "replace", path: path, code: errno) }
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed else { throw .system(operation: "close", path: path, code: errno) }
        try AtomicFile.syncFolder(FileSystem.folder(of: path))
    }

    private func flush() throws(CheckpointError) {
        let result: Result<Void, CheckpointError> = buffer.withUnsafeBytes { raw in
            Result { () throws(CheckpointError) in try writeAll(raw) }
        }
        try result.get()
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var written = 0
        while let base = bytes.baseAddress, written < bytes.count {
            #if canImport(Darwin)
                let count = Darwin.write(descriptor, base + written, min(bytes.count - written, 1 << 30))
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, base + written, min(bytes.count - written, 1 << 30))
            #else
                let count = Glibc.write(descriptor, base + written, min(bytes.count - written, 1 << 30))
            #endif
            guard count > 0 || errno == EINTR else { throw .system(operation: "write", path: path, code: errno) }
            written += max(0, count)
        }
    }

    /// Makes the rename itself survive a crash; some file systems cannot, which is no reason to fail.
    private static func syncFolder(_ folder: String) throws(CheckpointError) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw .system(operation: "write", path: folder, code: errno)
        }
    }
}
