import ErlangshenCheckpoint
import ErlangshenJSON

/// The files of a corpus beside its shards: the manifest, and the journals of documents seen.
struct BuildFiles {
    let prefix: String

    /// The manifest to go on with: that on the disk if it is of the same build, else `fresh`, which is written.
    ///
    /// What a killed process has left half written is removed.
    ///
    /// - Throws: `otherBuild`, `damaged`, `file`.
    func open(
        _ fresh: BuildManifest, overwrites: Bool, filter: inout DuplicateFilter
    ) throws(CorpusError) -> BuildManifest {
        removeUnfinished()
        let path = BuildManifest.path(prefix)
        if overwrites {
            removeAll()
        } else if MappedFile.exists(path) {
            let found = try BuildManifest(prefix: prefix)
            for key in fresh.identity.keys where found.identity[key] != fresh.identity[key] {
                throw .otherBuild(path: path, key: key)
            }
            try check(found)
            if !found.isComplete { try replay(found, into: &filter) }
            return found
        } else {
            let shard = FileName.shard(prefix, 0, isHeldOut: false) + ".idx"
            if MappedFile.exists(shard) { throw .otherBuild(path: shard, key: "manifest, as there is none") }
        }
        try fresh.write(prefix: prefix)
        return fresh
    }

    /// The number of the shard after those of a manifest; journals are counted as shards are.
    func nextNumber(_ manifest: BuildManifest) -> Int {
        let numbers = manifest.shards.compactMap { $0.name.split(separator: "-").last.flatMap { Int($0) } }
        return numbers.max().map { $0 + 1 } ?? 0
    }

    /// Writes down which documents a shard has made known.
    func writeJournal(_ words: [UInt64], number: Int) throws(CorpusError) {
        guard !words.isEmpty else { return }
        let file = try SummedFile(path: journal(number))
        let bytes = words.map(\.littleEndian).withUnsafeBytes { Array($0) }
        try file.write(bytes.withUnsafeBytes { Digest.bytes(of: $0) })
        try file.write(bytes)
        _ = try file.commit()
    }

    /// Removes the journals of a build that is complete.
    func removeJournals(_ manifest: BuildManifest) {
        for number in 0..<nextNumber(manifest) { SystemText.remove(journal(number)) }
    }

    private func journal(_ number: Int) -> String { FileName.shard(prefix, number, isHeldOut: false) + ".seen" }

    /// Shards that are finished must be there in their lengths; `corpus verify` takes their sums.
    private func check(_ manifest: BuildManifest) throws(CorpusError) {
        let folder = FileName.folder(of: prefix)
        for file in manifest.shards.flatMap(\.files) {
            let path = "\(folder)/\(file.name)"
            let size = try SystemText.size(ofInput: path) ?? 0
            guard size == file.byteCount else {
                throw .damaged(path: path, .size(expected: file.byteCount, found: size))
            }
        }
    }

    private func replay(_ manifest: BuildManifest, into filter: inout DuplicateFilter) throws(CorpusError) {
        guard manifest.identity["dedup"]?.stringValue != DuplicatePolicy.keep.rawValue else { return }
        for number in 0..<nextNumber(manifest) {
            let path = journal(number)
            let file: MappedFile
            do { file = try MappedFile(path: path) } catch { throw .file(error) }
            let bytes = file.bytes
            guard bytes.count >= 32, bytes.count % 8 == 0,
                bytes[..<32].elementsEqual(Digest.bytes(of: UnsafeRawBufferPointer(rebasing: bytes[32...])))
            else { throw .damaged(path: path, .manifest(reason: "its sum is not that of its bytes")) }
            let words = stride(from: 32, to: bytes.count, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
            guard try filter.replay(words) else {
                throw .damaged(path: path, .manifest(reason: "its entries are none"))
            }
        }
    }

    /// Removes temporary files of shards and of the manifest: those of a build that was killed.
    private func removeUnfinished() {
        let (folder, base) = (FileName.folder(of: prefix), FileName.last(of: prefix))
        for name in SystemText.names(in: folder) where name.hasSuffix(".tmp") {
            let isOurs = [".\(base)-", ".\(base).heldout-", ".\(base).json."].contains { name.hasPrefix($0) }
            if isOurs { SystemText.remove("\(folder)/\(name)") }
        }
    }

    /// Removes the manifest, then all that a corpus of this prefix may consist of.
    private func removeAll() {
        let (folder, base) = (FileName.folder(of: prefix), FileName.last(of: prefix))
        SystemText.remove(BuildManifest.path(prefix))
        for name in SystemText.names(in: folder) where ShardName.isShard(name, of: base) {
            SystemText.remove("\(folder)/\(name)")
        }
    }
}

/// Names of shards' files.
enum ShardName {
    private static let endings = [".bin", ".idx", ".wwm", ".seen"]

    /// Whether `name` is a file of a shard of the corpus `base`.
    static func isShard(_ name: String, of base: String) -> Bool {
        guard let ending = endings.first(where: { name.hasSuffix($0) }) else { return false }
        let stem = name.dropLast(ending.count)
        for start in ["\(base)-", "\(base).heldout-"] where stem.hasPrefix(start) {
            let digits = stem.dropFirst(start.count)
            if digits.count >= 5, digits.allSatisfy(\.isNumber), digits.utf8.count == digits.count { return true }
        }
        return false
    }
}
