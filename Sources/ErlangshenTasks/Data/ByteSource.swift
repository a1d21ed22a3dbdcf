#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a file, read a block at a time; a byte order mark at the start is left out.
final class ByteSource {
    let path: String
    /// Line of the next byte, from 1.
    private(set) var line = 1
    private let descriptor: Int32
    private var block: [UInt8]
    private var position = 0
    private var end = 0

    private static let newline = UInt8(ascii: "\n")

    /// Opens a regular file or a pipe.
    ///
    /// - Throws: `unreadable`, `notAFile`.
    init(path: String, blockByteCount: Int = 1 << 16) throws(TaskError) {
        self.path = path
        block = [UInt8](repeating: 0, count: max(4, blockByteCount))
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFIFO else { throw .notAFile(path: path) }
        try skipMark()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next byte, or nil at the end.
    func next() throws(TaskError) -> UInt8? {
        if position == end {
            try fill()
            if end == 0 { return nil }
        }
        let byte = block[position]
        position += 1
        if byte == Self.newline { line += 1 }
        return byte
    }

    /// The next byte, which stays the next.
    func peek() throws(TaskError) -> UInt8? {
        if position == end { try fill() }
        return end == 0 ? nil : block[position]
    }

    /// The bytes up to the next line end, LF or CR LF, which is left out; nil at the end.
    ///
    /// Of a line longer than `limit` the first `limit` bytes are returned, and the rest is passed over.
    func nextLine(limit: Int) throws(TaskError) -> (bytes: [UInt8], isTooLong: Bool)? {
        var bytes: [UInt8] = []
        var isTooLong = false
        guard try peek() != nil else { return nil }
        while true {
            if position == end {
                try fill()
                if end == 0 { break }
            }
            let stop = block[position..<end].firstIndex(of: Self.newline) ?? end
            let room = limit - bytes.count
            if stop - position > room { isTooLong = true }
            bytes += block[position..<min(stop, position + max(0, room))]
            position = stop
            if stop < end {
                position += 1
                line += 1
                break
            }
        }
        if !isTooLong, bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return (bytes, isTooLong)
    }

    private func skipMark() throws(TaskError) {
        // The first read of a pipe may give fewer than the three bytes; then there is no mark to look for.
        try fill()
        if block[..<end].starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Reads the next block; `end` is 0 when there is none.
    private func fill() throws(TaskError) {
        position = 0
        end = 0
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                end = count
                return
            }
            guard errno == EINTR else { throw .unreadable(path: path, code: errno) }
        }
    }
}
