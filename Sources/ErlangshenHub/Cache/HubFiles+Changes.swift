#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension HubFiles {
    /// Digits that no other process draws, for the name of a temporary file.
    static func uniqueSuffix() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Puts a link in its place, whatever stood there but a folder; false where the file system has no links.
    static func link(_ target: String, at path: String) throws(HubError) -> Bool {
        let temporary = path + "." + uniqueSuffix() + ".tmp"
        guard symlink(target, temporary) == 0 else {
            if [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno) { return false }
            throw .system(operation: "link", path: path, code: errno)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw .system(operation: "replace", path: path, code: code)
        }
        return true
    }

    /// Puts a second name of a file, or else a copy of it, in its place, whatever stood there but a folder.
    static func copy(_ source: String, to path: String) throws(HubError) {
        let temporary = path + "." + uniqueSuffix() + ".tmp"
        if hardLink(source, temporary) {
            if rename(temporary, path) == 0 {
                // Between two names of one file nothing is renamed, and both stay.
                unlink(temporary)
                return
            }
            let code = errno
            unlink(temporary)
            throw .system(operation: "replace", path: path, code: code)
        }
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .system(operation: "open", path: source, code: errno) }
        defer { close(input) }
        let output = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw .system(operation: "create", path: temporary, code: errno) }
        defer { close(output) }
        do throws(HubError) {
            try eachBlock(of: input, path: source) { block throws(HubError) in
                try writeAll(block, to: output, path: temporary)
            }
            guard fsync(output) == 0, rename(temporary, path) == 0 else {
                throw HubError.system(operation: "write", path: path, code: errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Hands over the bytes of an open file, a block at a time.
    static func eachBlock(
        of descriptor: Int32, path: String, _ body: (UnsafeRawBufferPointer) throws(HubError) -> Void
    ) throws(HubError) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { block.deallocate() }
        while true {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, code: errno) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }

    /// Writes all bytes.
    static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(HubError) {
        var written = 0
        while let base = bytes.baseAddress, written < bytes.count {
            let count = systemWrite(descriptor, base + written, bytes.count - written)
            guard count > 0 || errno == EINTR else { throw .system(operation: "write", path: path, code: errno) }
            written += max(0, count)
        }
    }

    /// Removes a file or a link if it is there.
    static func remove(_ path: String) { unlink(path) }

    /// Removes a folder with all that is in it; links are removed, never followed.
    ///
    /// - Throws: `system` for the first thing that could not be removed.
    static func removeTree(_ path: String) throws(HubError) {
        // What is nested deeper than any name that was let in is not ours.
        try removeTree(path, depth: 24)
    }

    private static func removeTree(_ path: String, depth: Int) throws(HubError) {
        switch kind(path) {
        case nil: return
        case .folder where depth > 0:
            for name in names(in: path, limit: .max) { try removeTree(path + "/" + name, depth: depth - 1) }
            guard rmdir(path) == 0 || errno == ENOENT else {
                throw .system(operation: "remove", path: path, code: errno)
            }
        default:
            guard unlink(path) == 0 || errno == ENOENT else {
                throw .system(operation: "remove", path: path, code: errno)
            }
        }
    }

    /// The files below a folder, as paths from there, sorted; folders that are links are not entered.
    static func filesBelow(_ folder: String, limit: Int = 100_000) -> [String] {
        var files: [String] = []
        var folders = [""]
        while let prefix = folders.popLast(), files.count < limit {
            for name in names(in: folder + "/" + prefix) {
                let path = prefix + name
                if kind(folder + "/" + path) == .folder {
                    if path.utf8.count < 1_024 { folders.append(path + "/") }
                } else {
                    files.append(path)
                }
            }
        }
        return files.sorted()
    }

    /// Brings a folder to the disk; some file systems cannot, which is no reason to fail.
    static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}

// Inside `HubFiles` the names of its own functions hide those of the C library.

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func hardLink(_ source: String, _ path: String) -> Bool { link(source, path) == 0 }
