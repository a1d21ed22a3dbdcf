import ErlangshenCheckpoint

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this room asks of the file system. Unless a function says otherwise it looks at a link, never through it.
enum HubFiles {
    enum Kind { case file, folder, link, other }

    /// What stands at a path; nil when nothing does.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// Bytes of the regular file that a path leads to, through links too; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Whether a path is a regular file without a second name.
    static func isOnlyName(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
    }

    /// When a file was last written, in seconds since 1970; nil when it is gone.
    static func modified(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            return Int(status.st_mtimespec.tv_sec)
        #else
            return Int(status.st_mtim.tv_sec)
        #endif
    }

    /// Seconds since 1970.
    static func now() -> Int { Int(time(nil)) }

    /// Makes a folder inside one that is there, unless it is there; a link in its place is refused.
    static func makeOwnFolder(_ path: String) throws(HubError) {
        if mkdir(path, 0o777) == 0 { return }
        let code = errno
        guard code == EEXIST else { throw .system(operation: "create folder", path: path, code: code) }
        guard kind(path) == .folder else { throw .foreignLink(path: path) }
    }

    /// Makes a folder and those above it; links on the way are the user's own.
    static func makeFolders(_ path: String) throws(HubError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            if mkdir(part, 0o777) == 0 || errno == EEXIST { continue }
            let code = errno
            var status = stat()
            if stat(part, &status) != 0 { throw .system(operation: "create folder", path: part, code: code) }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .system(operation: "create folder", path: path, code: ENOTDIR)
        }
    }

    /// The names in a folder, sorted; none when it cannot be read. At most `limit` are read.
    static func names(in folder: String, limit: Int = 100_000) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The text of a small file, through links; nil when it is not there, larger than `limit` or not UTF-8.
    static func text(_ path: String, limit: Int = 4_096) -> String? {
        guard let bytes = bytes(path, limit: limit) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The bytes of a file, through links; nil when it cannot be read or is larger than `limit`.
    static func bytes(_ path: String, limit: Int) -> [UInt8]? {
        // A pipe that somebody put here must not hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: min(limit + 1, 1 << 16))
        while bytes.count <= limit {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
        return nil
    }

    /// Where a link leads to, as it is written; nil when it is none.
    static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_097)
        let count = readlink(link, &buffer, buffer.count)
        guard count >= 0, count < buffer.count else { return nil }
        return String(validating: buffer[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a small file so that it is there whole or not at all.
    static func write(_ text: String, to path: String) throws(HubError) {
        do {
            let file = try AtomicFile(path: path)
            try file.write(Array(text.utf8))
            try file.commit()
        } catch {
            guard case .system(let operation, let place, let code) = error else {
                throw .system(operation: "write", path: path, code: EIO)
            }
            throw .system(operation: operation, path: place, code: code)
        }
    }

    /// Bytes that a user may still write on the disk of a path; nil when the system does not tell.
    static func available(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, isOver) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isOver ? Int.max : Int(clamping: bytes)
    }

    /// What the system calls an error.
    static func message(for code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
