#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file on its way into the cache: bytes, their sum, and the place where they go when the sum is right.
///
/// Its temporary file belongs to this process alone, so no lock is needed: what an earlier process left is copied, not
/// taken over, because that process may be alive on another machine and still writing. The copy is hashed as it is
/// made, so the sum covers every byte of the file that is moved into place. A process that dies leaves its file for
/// the next one.
final class PartialFile {
    private let hash: ContentHash
    private let byteCount: Int
    private let folder: String
    private let path: String
    private var descriptor: Int32
    private var hasher: ContentHasher

    /// Bytes that are there.
    private(set) var count = 0
    /// The entity tag under which they came, for `If-Range`; nil when the server has none that binds.
    private(set) var validator: String?

    static let suffix = ".incomplete"
    private static let validatorSuffix = ".etag"
    private static let abandonedSeconds = 7 * 24 * 3_600

    /// Starts a file in the folder `blobs`, with what is left there of an earlier attempt at it.
    init(_ hash: ContentHash, byteCount: Int, in folder: String) throws(HubError) {
        self.hash = hash
        self.byteCount = byteCount
        self.folder = folder
        path = folder + "/" + hash.hexadecimal + "." + HubFiles.uniqueSuffix() + Self.suffix
        hasher = ContentHasher(like: hash, byteCount: byteCount)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        // A sign of life to others on this machine; where locks do not work they learn nothing and copy all the same.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        if let former = largestFormer() { try copy(former) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        // An empty file helps nobody.
        if count == 0 { discard() }
    }

    /// Appends bytes; the caller has made sure that they fit.
    func append(_ bytes: UnsafeRawBufferPointer) throws(HubError) {
        try HubFiles.writeAll(bytes, to: descriptor, path: path)
        hasher.add(bytes)
        count += bytes.count
    }

    /// Notes under which entity tag the bytes come, for this process and the next one.
    func note(validator: String?) {
        guard validator != self.validator else { return }
        self.validator = validator
        HubFiles.remove(path + Self.validatorSuffix)
        // Without it the next process asks for the rest all the same, and the sum decides.
        if let validator { try? HubFiles.write(validator, to: path + Self.validatorSuffix) }
    }

    /// Throws away what is there.
    func restart() throws(HubError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .system(operation: "write", path: path, code: errno)
        }
        (count, hasher) = (0, ContentHasher(like: hash, byteCount: byteCount))
        note(validator: nil)
    }

    /// Moves the whole file into its place; returns the sum instead when it is not the right one.
    func settle() throws(HubError) -> String? {
        let found = hasher.hexadecimal()
        guard count == byteCount, found == hash.hexadecimal else { return found }
        guard fsync(descriptor) == 0 else { throw .system(operation: "write", path: path, code: errno) }
        let place = folder + "/" + hash.hexadecimal
        guard rename(path, place) == 0 else { throw .system(operation: "replace", path: place, code: errno) }
        HubFiles.syncFolder(folder)
        HubFiles.remove(path + Self.validatorSuffix)
        close(descriptor)
        descriptor = -1
        return nil
    }

    /// Removes the file; what came so far is lost.
    func discard() {
        HubFiles.remove(path)
        HubFiles.remove(path + Self.validatorSuffix)
    }

    /// The largest file that another attempt left, Python's too.
    private func largestFormer() -> String? {
        let prefix = hash.hexadecimal + "."
        let formers = HubFiles.names(in: folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(Self.suffix) }
            .map { folder + "/" + $0 }.filter { $0 != path && HubFiles.kind($0) == .file }
        let sizes = formers.map { (path: $0, size: HubFiles.size($0) ?? 0) }
        return sizes.filter { $0.size > 0 && $0.size <= byteCount }.max { $0.size < $1.size }?.path
    }

    private func copy(_ former: String) throws(HubError) {
        let input = open(former, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { return }
        defer { close(input) }
        let validator = HubFiles.text(former + Self.validatorSuffix, limit: 1_024)
        try HubFiles.eachBlock(of: input, path: former) { block throws(HubError) in
            // It may have grown since its size was read.
            let part = UnsafeRawBufferPointer(rebasing: block.prefix(byteCount - count))
            if !part.isEmpty { try append(part) }
        }
        note(validator: validator.flatMap(Self.strongTag))
        guard flock(input, LOCK_EX | LOCK_NB) == 0 else { return }
        HubFiles.remove(former)
        HubFiles.remove(former + Self.validatorSuffix)
    }

    /// An entity tag that promises the same bytes, fit for a header; nil for a weak one and for anything else.
    static func strongTag(_ text: String) -> String? {
        guard text.utf8.count >= 2, text.utf8.count <= 512, text.hasPrefix("\""), text.hasSuffix("\""),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }

    /// Removes what nobody has written to for a week.
    static func removeAbandoned(in folder: String) {
        let oldest = HubFiles.now() - abandonedSeconds
        for name in HubFiles.names(in: folder) where name.hasSuffix(suffix) || name.hasSuffix(suffix + validatorSuffix)
        {
            let path = folder + "/" + name
            if let modified = HubFiles.modified(path), modified < oldest { HubFiles.remove(path) }
        }
    }
}
