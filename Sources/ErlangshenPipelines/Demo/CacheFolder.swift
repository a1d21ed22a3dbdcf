#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folder for files that can be made again: `$XDG_CACHE_HOME/erlangshen`, else `~/.cache/erlangshen`, else a
/// private folder among the temporary files.
enum CacheFolder {
    /// Where the folder may be, best first.
    static func candidates() -> [String] {
        var folders: [String] = []
        // The specification of XDG_CACHE_HOME ignores relative paths.
        if let cache = variable("XDG_CACHE_HOME"), cache.hasPrefix("/") { folders.append(cache + "/erlangshen") }
        if let home = variable("HOME"), home.hasPrefix("/") { folders.append(home + "/.cache/erlangshen") }
        folders.append((variable("TMPDIR") ?? "/tmp") + "/erlangshen-\(getuid())")
        return folders
    }

    /// Makes a folder and those above it; false when that fails or the folder belongs to someone else.
    static func make(_ path: String) -> Bool {
        var end = path.startIndex
        while let slash = path[end...].dropFirst().firstIndex(of: "/") {
            mkdir(String(path[..<slash]), 0o755)
            end = slash
        }
        mkdir(path, 0o700)
        var status = stat()
        // lstat: a link that somebody else laid among the temporary files is not followed.
        guard lstat(path, &status) == 0, status.st_uid == getuid() else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && access(path, W_OK | X_OK) == 0
    }

    /// The size of a regular file in bytes; nil when there is none.
    static func fileSize(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Writes a new file; false when that fails.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "wb") else { return false }
        let count = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && count == bytes.count
    }

    /// Moves a folder to a name that nothing or an empty folder has; false otherwise.
    static func rename(_ source: String, to target: String) -> Bool {
        #if canImport(Glibc)
            Glibc.rename(source, target) == 0
        #elseif canImport(Musl)
            Musl.rename(source, target) == 0
        #else
            Darwin.rename(source, target) == 0
        #endif
    }

    /// Removes a folder and the files named, and nothing else.
    static func remove(_ folder: String, files: [String]) {
        for name in files { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Tells drafts of different processes apart.
    static var processId: Int32 { getpid() }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
