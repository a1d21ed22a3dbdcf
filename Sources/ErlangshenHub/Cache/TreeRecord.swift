import ErlangshenJSON

/// The list of a commit's files that the cache keeps, ours or Python's.
struct TreeRecord {
    /// The files by name.
    let files: [String: RemoteFile]

    private static let largestByteCount = 32 << 20

    /// Reads a list; nil when it is not there, or not one that can be relied on.
    init?(_ path: String) {
        guard let bytes = HubFiles.bytes(path, limit: Self.largestByteCount), let value = try? JSONValue.parse(bytes),
            value["format_version"]?.intValue == 1, let entries = value["files"]?.objectValue
        else { return nil }
        var files: [String: RemoteFile] = [:]
        for (name, entry) in entries {
            guard let file = RemoteFile(record: entry, path: name) else { return nil }
            files[name] = file
        }
        self.files = files
    }
}

extension RemoteFile {
    /// Reads an entry of a kept list; nil when it names no sum.
    init?(record: JSONValue, path: String) {
        guard RemotePath.isSafe(path), let gitName = record["blob_id"]?.stringValue, Revision.isCommit(gitName) else {
            return nil
        }
        let sum = record["lfs_sha256"]?.stringValue
        guard let count = (sum == nil ? record["size"] : record["lfs_size"] ?? record["size"])?.intValue, count >= 0,
            let hash = ContentHash(hexadecimal: sum ?? gitName)
        else { return nil }
        (self.path, byteCount, self.hash, self.gitName) = (path, count, hash, gitName)
        xetName = record["xet_hash"]?.stringValue
    }
}
