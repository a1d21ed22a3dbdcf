#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system calls on folders and files that saving needs.
package enum FileWork {
    /// Whether a folder stands at the path, and no link to one.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything stands at the path.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes a folder unless there is one.
    static func makeFolder(_ path: String) throws(TrainingError) {
        guard mkdir(path, 0o777) != 0, !(errno == EEXIST && isFolder(path)) else { return }
        throw .system(operation: "create folder", path: path, code: errno)
    }

    /// Makes a folder and those above it, as far as they are missing.
    package static func makeFolders(_ path: String) throws(TrainingError) {
        guard !exists(path) else { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolders(String(path[..<slash]))
        }
        if !path.hasSuffix("/") { try makeFolder(path) }
    }

    /// The names in a folder, sorted, without `.` and `..`.
    static func names(in folder: String) throws(TrainingError) -> [String] {
        guard let stream = opendir(folder) else { throw .system(operation: "list", path: folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Moves a file or folder within its file system.
    static func move(_ path: String, to target: String) throws(TrainingError) {
        guard rename(path, target) == 0 else { throw .system(operation: "rename", path: path, code: errno) }
    }

    /// Removes a folder of files; those that cannot be removed stay, and the answer is whether all went.
    @discardableResult
    static func remove(_ folder: String) -> Bool {
        guard isFolder(folder) else { return unlink(folder) == 0 || errno == ENOENT }
        for name in (try? names(in: folder)) ?? [] { unlink(folder + "/" + name) }
        return rmdir(folder) == 0
    }

    /// Writes all bytes where an open file stands.
    static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(TrainingError) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { writeBytes(descriptor, UnsafeRawBufferPointer(rebasing: $0[start...])) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .system(operation: "write", path: path, code: errno) }
            start += count
        }
    }

    /// Makes the names in a folder survive a crash; some file systems cannot, which is no reason to fail.
    static func sync(folder: String) throws(TrainingError) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw .system(operation: "write", path: folder, code: errno)
        }
    }

    /// Bytes that may still be written into a folder's file system; nil when it does not tell.
    package static func freeBytes(in folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(
            exactly: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// Whether an error says that there is no room.
    package static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}

/// The system's `write`, under a name that the method does not hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
