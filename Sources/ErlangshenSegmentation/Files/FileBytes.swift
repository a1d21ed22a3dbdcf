internal import CErlangshenChecksum

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system calls of this room, and its sums.
enum FileBytes {
    /// The bytes of a regular file of at most `limit`.
    static func read(_ path: String, limit: Int) throws(SegmentationError) -> [UInt8] {
        let (descriptor, size) = try open(path, limit: limit)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size)
        let result: Result<Int, SegmentationError> = bytes.withUnsafeMutableBytes { room in
            Result { () throws(SegmentationError) in try fill(room, from: descriptor, path) }
        }
        let count = try result.get()
        return count == size ? bytes : Array(bytes[..<count])
    }

    /// The numbers of a regular file of at most `limit` bytes; nil when there is none or it is of another length.
    ///
    /// Read, not mapped: a mapped file that another process cuts short ends this one, and five megabytes take no longer.
    static func readWords(_ path: String, limit: Int) -> [UInt64]? {
        guard let (descriptor, size) = try? open(path, limit: limit) else { return nil }
        defer { close(descriptor) }
        guard size > 0, size % 8 == 0 else { return nil }
        var isWhole = false
        let words = [UInt64](unsafeUninitializedCapacity: size / 8) { room, count in
            let raw = UnsafeMutableRawBufferPointer(start: room.baseAddress, count: size)
            isWhole = (try? fill(raw, from: descriptor, path)) == size
            count = isWhole ? size / 8 : 0
        }
        return isWhole ? words : nil
    }

    /// Writes a file that appears under its name only when it is whole; false when it cannot be written.
    static func writeAtomically(_ words: [UInt64], to path: String) -> Bool {
        let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
        let descriptor = systemOpen(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        let isWritten = words.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let base = bytes.baseAddress {
                let count = systemWrite(descriptor, base + done, bytes.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return fsync(descriptor) == 0
        }
        guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The names in a folder that begin with `prefix`, sorted, at most a hundred.
    static func names(in folder: String, prefix: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < 100, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it; whether it worked shows when a file is written.
    static func makeFolders(_ path: String) {
        var end = path.startIndex
        while let slash = path[end...].dropFirst().firstIndex(of: "/") {
            mkdir(String(path[..<slash]), 0o700)
            end = slash
        }
        mkdir(path, 0o700)
    }

    /// A variable of the environment; nil when unset or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    static func message(for code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }

    static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 { esh_crc32(0, bytes.baseAddress, bytes.count) }

    /// SHA-256 over the sizes and the bytes of files, as four numbers.
    static func sum(of files: [[UInt8]]) -> [UInt64] {
        var hash = esh_sha256()
        esh_sha256_begin(&hash)
        for file in files {
            withUnsafeBytes(of: UInt64(file.count)) { esh_sha256_add(&hash, $0.baseAddress, $0.count) }
            file.withUnsafeBytes { esh_sha256_add(&hash, $0.baseAddress, $0.count) }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_end(&hash, &digest)
        return (0..<4).map { part in digest[part * 8..<part * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    }

    private static func open(_ path: String, limit: Int) throws(SegmentationError) -> (descriptor: Int32, size: Int) {
        // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
        let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isRegular, status.st_size <= limit else {
            close(descriptor)
            throw isRegular
                ? .tooLarge(path: path, limit: limit) : .system(operation: "read", path: path, code: EISDIR)
        }
        return (descriptor, Int(status.st_size))
    }

    private static func fill(
        _ room: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ path: String
    ) throws(SegmentationError) -> Int {
        var done = 0
        while done < room.count, let base = room.baseAddress {
            let count = systemRead(descriptor, base + done, room.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, code: errno) }
            guard count > 0 else { break }
            done += count
        }
        return done
    }
}

// Inside `FileBytes` the names of its own functions hide those of the C library.

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o600) }

private func systemRead(_ descriptor: Int32, _ room: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, room, count)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
