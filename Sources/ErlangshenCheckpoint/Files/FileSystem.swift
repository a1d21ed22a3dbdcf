#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The few questions that this room asks about paths.
enum FileSystem {
    enum Kind { case file, folder, other }

    /// What stands at `path`, symbolic links followed; nil when nothing does or it may not be seen.
    static func kind(of path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// - Throws: the system's own reason when nothing is there, `notAFolder` when something else is.
    static func requireFolder(_ path: String) throws(CheckpointError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system(operation: "open", path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: path) }
    }

    /// Whether a name is there, be it a symbolic link that leads nowhere.
    static func hasEntry(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The names in a folder, sorted, without `.` and `..`; at most `limit` of them are read.
    static func names(in folder: String, limit: Int = 4_096) throws(CheckpointError) -> [String] {
        guard let stream = opendir(folder) else {
            throw .system(operation: "list", path: folder, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder unless there is one; its parent must exist.
    static func makeFolder(_ path: String) throws(CheckpointError) {
        guard mkdir(path, 0o777) != 0 else { return }
        let code = errno
        switch kind(of: path) {
        case .folder: return
        case nil: throw .system(operation: "create folder", path: path, code: code)
        default: throw .notAFolder(path: path)
        }
    }

    /// Whether two paths lead to the same file.
    static func areSame(_ first: String, _ second: String) -> Bool {
        var (a, b) = (stat(), stat())
        guard stat(first, &a) == 0, stat(second, &b) == 0 else { return false }
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The part of `path` before its last component, `.` when it has none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component of `path`.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// What to do about the error `code` of an operation, as the end of a sentence; empty when nobody can tell.
    static func advice(for code: Int32, after operation: String) -> String {
        switch (code, operation) {
        case (ENOENT, "create"), (ENOENT, "create folder"), (ENOTDIR, "create"), (ENOTDIR, "create folder"):
            "; make the folder above it first, or check the path"
        case (ENOENT, _), (ENOTDIR, _): "; check the path: a model folder holds config.json, vocab.txt and the weights"
        case (EACCES, _), (EPERM, _): "; check its rights and those of the folders above it"
        case (EROFS, _): "; choose a place that can be written"
        case (ENOSPC, _), (EDQUOT, _): "; free some space and try again"
        case (EFBIG, _): "; it is larger than any file of its kind"
        case (EIO, _): "; the disk or the network failed: copy the files elsewhere and try again"
        default: ""
        }
    }

    /// What the system calls the error `code`.
    static func message(for code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
