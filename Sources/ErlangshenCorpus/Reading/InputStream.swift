import CErlangshenCompression

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The text of a file or pipe, unpacked if its first bytes say gzip or zstd, a block at a time.
///
/// *Memory:* one block of packed bytes and what the library needs, for zstd at most its window.
final class InputStream {
    let path: String
    /// Packed bytes read so far, which for plain text are the bytes of the text.
    private(set) var packedCount = 0
    /// Bytes of a regular file; nil for a pipe.
    let fileByteCount: Int?
    private let descriptor: Int32
    private let settings: ReadingSettings
    private var packed = [UInt8](repeating: 0, count: 1 << 17)
    private var position = 0
    private var end = 0
    private var unpackedCount = 0
    private var stream: OpaquePointer?
    private var format: esh_unpack_format?
    /// Whether a member or frame has ended and no byte of another was taken.
    private var isBetween = false
    /// Whether the library may have text left that did not fit.
    private var mayHoldMore = false

    private static let freeByteCount = 64 << 20
    /// Standard input.
    static let standardInput = "-"

    /// Opens a file, a pipe, or `-` for standard input.
    ///
    /// - Throws: `unreadable`, `notAFile`, `noLibrary`.
    init(path: String, settings: ReadingSettings) throws(CorpusError) {
        self.path = path
        self.settings = settings
        let descriptor = path == Self.standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        let kind = status.st_mode & S_IFMT
        let isFile = isKnown && kind == S_IFREG
        guard isFile || (isKnown && (kind == S_IFIFO || kind == S_IFSOCK || path == Self.standardInput)) else {
            close(descriptor)
            throw .notAFile(path: path)
        }
        fileByteCount = isFile ? Int(status.st_size) : nil
        self.descriptor = descriptor
        #if canImport(Glibc) || canImport(Musl)
            if isFile { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
        #endif
        // What a pipe gives first may be too short to tell its kind.
        while end < 4, try readMore() {}
        try openStream()
    }

    deinit {
        if let stream { esh_unpack_close(stream) }
        close(descriptor)
    }

    /// Fills `room` as far as one step goes; 0 at the end of the text alone.
    ///
    /// - Throws: `unreadable`, `damagedPacking`, `unpacksTooFar`.
    func read(into room: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
        guard let stream, let base = room.baseAddress else { return try readPlain(into: room) }
        while true {
            if position == end, !mayHoldMore, try !refill() {
                if isBetween { return 0 }
                throw damaged("the file ends in the middle")
            }
            var (used, filled) = (0, 0)
            let status = packed.withUnsafeBytes { packed in
                esh_unpack_step(
                    stream, packed.baseAddress.map { $0 + position }, end - position, &used, base,
                    room.count, &filled)
            }
            position += used
            unpackedCount += filled
            mayHoldMore = status == ESH_UNPACK_MORE && filled == room.count
            switch status {
            case ESH_UNPACK_MORE: isBetween = isBetween && used == 0 && filled == 0
            case ESH_UNPACK_END: isBetween = true
            case ESH_UNPACK_NO_MEMORY: throw damaged("it needs more memory than there is; lower --zstd-window")
            default: throw damaged(String(cString: esh_unpack_reason(stream)))
            }
            guard unpackedCount - Self.freeByteCount <= (packedCount - end + position) * settings.maximumRatio else {
                throw .unpacksTooFar(path: path, ratio: settings.maximumRatio)
            }
            if filled > 0 { return filled }
        }
    }

    private func readPlain(into room: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
        if position == end, try !refill() { return 0 }
        let count = min(room.count, end - position)
        packed.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }

    private func openStream() throws(CorpusError) {
        let head = packed[..<min(4, end)]
        let isSkippable = head.count == 4 && head[0] & 0xF0 == 0x50 && head[1...].elementsEqual([0x2A, 0x4D, 0x18])
        if head.starts(with: [0x1F, 0x8B]) {
            format = ESH_GZIP
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || isSkippable {
            format = ESH_ZSTD
        }
        guard let format else { return }
        var status = ESH_UNPACK_MORE
        stream = esh_unpack_open(format, Int32(settings.zstdWindowLog), &status)
        guard stream == nil else { return }
        let isGzip = format == ESH_GZIP
        throw .noLibrary(
            path: path, format: isGzip ? "gzip" : "zstd", library: isGzip ? "zlib" : "libzstd",
            package: isGzip ? "zlib1g" : "libzstd1")
    }

    private func damaged(_ reason: String) -> CorpusError {
        .damagedPacking(path: path, byteOffset: packedCount - end + position, reason: reason)
    }

    private func refill() throws(CorpusError) -> Bool {
        (position, end) = (0, 0)
        return try readMore()
    }

    /// Appends to the block; false at the end of the file.
    private func readMore() throws(CorpusError) -> Bool {
        while true {
            let count = packed.withUnsafeMutableBytes { room in
                systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: room[end...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, code: errno) }
            end += count
            packedCount += count
            return count > 0
        }
    }
}

/// The system's `read`, under a name that `InputStream.read` does not hide.
private func systemRead(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, room.baseAddress, room.count)
}
