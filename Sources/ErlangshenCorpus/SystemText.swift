#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system's words.
enum SystemText {
    /// What the system calls the error `code`.
    static func message(for code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

extension SystemText {
    /// Place of the first `byte` among `count` bytes.
    static func find(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        memchr(base, Int32(byte), count).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
    }
}

extension SystemText {
    /// Bytes of a file that is to be read, nil for a pipe or standard input.
    ///
    /// - Throws: `unreadable`, `notAFile`.
    static func size(ofInput path: String) throws(CorpusError) -> Int? {
        var status = stat()
        guard path != InputStream.standardInput else { return nil }
        guard stat(path, &status) == 0, access(path, R_OK) == 0 else { throw .unreadable(path: path, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int(status.st_size)
        case S_IFIFO, S_IFSOCK: return nil
        default: throw .notAFile(path: path)
        }
    }
}

extension SystemText {
    /// Removes a file if it is there.
    static func remove(_ path: String) { unlink(path) }

    /// The names in a folder, sorted; none when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.sorted()
    }
}

extension SystemText {
    /// Whether a regular file stands at `path`.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension SystemText {
    /// Makes a folder and those above it; what could not be made shows when a file is written there.
    static func makeFolder(_ path: String) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            mkdir(String(path[..<end]), 0o777)
        }
    }
}
