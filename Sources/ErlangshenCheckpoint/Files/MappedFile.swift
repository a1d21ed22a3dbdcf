#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A regular file mapped read-only.
///
/// The descriptor stays open so that the length can be asked again before bytes are handed out: a page beyond the end
/// of a file that became shorter is no zero but a signal that ends the process.
package final class MappedFile: Sendable {
    package let path: String
    /// Mapped pages, never written; unmapped only by deinit.
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private let descriptor: Int32

    /// Maps the file at `path`.
    package init(path: String) throws(CheckpointError) {
        // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
        do {
            bytes = try MappedFile.map(descriptor, path: path)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
        close(descriptor)
    }

    /// - Throws: `fileChanged` when the file is shorter than it was when it was mapped.
    package func checkLength() throws(CheckpointError) {
        let found = try MappedFile.status(of: descriptor, path: path).st_size
        guard found >= bytes.count else {
            throw .fileChanged(path: path, expectedBytes: bytes.count, foundBytes: Int(found))
        }
    }

    /// Whether a regular file stands at `path`.
    package static func exists(_ path: String) -> Bool { FileSystem.kind(of: path) == .file }

    /// Gives back the memory of the pages that lie wholly within `range`; reading them again fetches them again.
    func release(_ range: Range<Int>) {
        guard let base = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound == bytes.count ? range.upperBound : range.upperBound / page * page
        if start < end { madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED) }
    }

    private static func map(_ descriptor: Int32, path: String) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let status = try status(of: descriptor, path: path)
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let base = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
        else { throw .system(operation: "map", path: path, code: errno) }
        return UnsafeRawBufferPointer(start: base, count: Int(status.st_size))
    }

    private static func status(of descriptor: Int32, path: String) throws(CheckpointError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(operation: "examine", path: path, code: errno) }
        return status
    }
}
