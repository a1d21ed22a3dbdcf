import ErlangshenJSON

/// A file of a commit, as the hub lists it.
struct RemoteFile: Sendable, Equatable {
    let path: String
    let byteCount: Int
    /// What its bytes must be.
    let hash: ContentHash
    /// The name that git has for it: of the bytes, or of the pointer that stands for them.
    let gitName: String
    /// Its name in the Xet store, kept for others who read the cache.
    let xetName: String?

    private static let largestByteCount = 1 << 50

    /// Reads an entry of the listing; nil for a folder.
    ///
    /// - Throws: `unsafePath`; `unexpectedAnswer` for an entry without a name, a length or a sum.
    init?(_ entry: JSONValue, url: HubURL) throws(HubError) {
        guard entry["type"]?.stringValue == "file" else { return nil }
        guard let path = entry["path"]?.stringValue else {
            throw .unexpectedAnswer(url: url.description, reason: "a file without a name")
        }
        guard RemotePath.isSafe(path) else { throw .unsafePath(path) }
        let large = entry["lfs"].flatMap { $0.isNull ? nil : $0 }
        let sum = large == nil ? entry["oid"]?.stringValue : large?["oid"]?.stringValue
        let kind = large == nil ? 40 : 64
        guard let gitName = entry["oid"]?.stringValue, Revision.isCommit(gitName), let sum, sum.utf8.count == kind,
            let hash = ContentHash(hexadecimal: sum)
        else {
            throw .unexpectedAnswer(
                url: url.description, reason: "no sum for \(path.quoted(limit: 120)), which could not be checked")
        }
        guard let count = (large?["size"] ?? entry["size"])?.intValue, (0...Self.largestByteCount).contains(count)
        else {
            throw .unexpectedAnswer(url: url.description, reason: "no length for \(path.quoted(limit: 120))")
        }
        (self.path, byteCount, self.hash, self.gitName) = (path, count, hash, gitName)
        xetName = entry["xetHash"]?.stringValue.flatMap { $0.utf8.count == 64 && $0.isLowerHexadecimal ? $0 : nil }
    }

    /// The entry in the list of files that the cache keeps, in Python's words.
    var record: JSONValue {
        var object: JSONObject = ["size": .integer(Int64(byteCount)), "blob_id": .string(gitName)]
        if case .sha256(let sum) = hash {
            object["lfs_sha256"] = .string(sum)
            object["lfs_size"] = .integer(Int64(byteCount))
        }
        if let xetName { object["xet_hash"] = .string(xetName) }
        return .object(object)
    }
}
