/// A model in the cache.
public struct CachedModel: Sendable, Equatable {
    /// Its name.
    public let id: RepositoryID
    /// Its folder.
    public let path: String
    /// Its commits, sorted.
    public let revisions: [CachedRevision]
    /// Bytes of its files, each counted once.
    public let byteCount: Int
    /// Bytes of files that are not whole yet.
    public let unfinishedByteCount: Int
}

extension HubCache {
    /// The models in the cache, sorted by name.
    public func models() -> [CachedModel] {
        HubFiles.names(in: directory).compactMap { RepositoryID(folderName: $0) }
            .filter { HubFiles.kind(directory + "/" + $0.folderName) == .folder }
            .map(model).sorted { $0.id.description < $1.id.description }
    }

    /// A model in the cache; nil when there is none of this name.
    public func model(named id: RepositoryID) -> CachedModel? {
        HubFiles.kind(CachedRepository(id, in: self).folder) == .folder ? model(id) : nil
    }

    private func model(_ id: RepositoryID) -> CachedModel {
        let repository = CachedRepository(id, in: self)
        let names = repository.refNames
        let revisions = repository.commits.map { commit in
            let path = repository.snapshot(commit)
            let files = HubFiles.filesBelow(path)
            return CachedRevision(
                commit: commit, names: names.filter { $0.value == commit }.map(\.key).sorted(), path: path,
                files: files, byteCount: files.reduce(0) { $0 &+ (HubFiles.size(path + "/" + $1) ?? 0) })
        }
        let blobs = HubFiles.names(in: repository.blobs)
        let sizes = blobs.map { (name: $0, size: HubFiles.size(repository.blobs + "/" + $0) ?? 0) }
        // Files in place of links have no blob.
        let copies = revisions.flatMap { revision in
            revision.files.map { revision.path + "/" + $0 }.filter { HubFiles.isOnlyName($0) }
        }
        return CachedModel(
            id: id, path: repository.folder, revisions: revisions,
            byteCount: sizes.filter { ContentHash(hexadecimal: $0.name) != nil }.reduce(0) { $0 &+ $1.size }
                &+ copies.reduce(0) { $0 &+ (HubFiles.size($1) ?? 0) },
            unfinishedByteCount: sizes.filter { $0.name.hasSuffix(PartialFile.suffix) }.reduce(0) { $0 &+ $1.size })
    }
}

extension CachedRepository {
    /// Branches and tags with their commits.
    var refNames: [String: String] {
        var names: [String: String] = [:]
        for name in HubFiles.filesBelow(refs) {
            guard let text = HubFiles.text(refs + "/" + name, limit: 128) else { continue }
            names[name] = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
        }
        return names
    }
}
