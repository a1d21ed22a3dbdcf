#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A regular file of a state, open for reading; links, pipes and devices are refused.
struct StateFileReader: ~Copyable {
    /// Its size when it was opened, in bytes.
    let byteCount: Int
    private let name: String
    private let descriptor: Int32

    /// Opens a file of a folder.
    init(_ name: String, in folder: String) throws(StateFault) {
        // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(folder + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            switch code {
            case ENOENT: throw .missing(file: name)
            case ELOOP: throw .notAFile(name)
            default: throw .unreadable(file: name, code: code)
            }
        }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            let code = errno
            close(descriptor)
            throw isKnown ? .notAFile(name) : .unreadable(file: name, code: code)
        }
        self.name = name
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `room` from where the last call ended; fewer bytes than there is room only at the end of the file.
    func read(into room: UnsafeMutableRawBufferPointer) throws(StateFault) -> Int {
        var filled = 0
        while let base = room.baseAddress, filled < room.count {
            let count = readBytes(descriptor, base + filled, room.count - filled)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(file: name, code: errno) }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    /// The whole of a small file.
    static func bytes(of name: String, in folder: String, limit: Int) throws(StateFault) -> [UInt8] {
        let file = try StateFileReader(name, in: folder)
        guard file.byteCount <= limit else { throw .tooLarge(file: name, limit: limit) }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: file.byteCount, alignment: 1)
        defer { room.deallocate() }
        return Array(room.prefix(try file.read(into: room)))
    }
}

/// The system's `read`, under a name that the method does not hide.
private func readBytes(_ descriptor: Int32, _ room: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, room, count)
}
