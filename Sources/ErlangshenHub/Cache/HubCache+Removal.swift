extension HubCache {
    /// Removes a model with all its commits.
    ///
    /// - Returns: bytes that were freed.
    /// - Throws: `notCached` when there is none, `system` for what could not be removed.
    @discardableResult
    public func remove(_ id: RepositoryID) throws(HubError) -> Int {
        let repository = CachedRepository(id, in: self)
        switch HubFiles.kind(repository.folder) {
        case .folder: break
        case .link: throw .foreignLink(path: repository.folder)
        default: throw .notCached(id: id.description, revision: Revision.main, cache: directory)
        }
        let freed = model(named: id).map { $0.byteCount &+ $0.unfinishedByteCount } ?? 0
        // First what points to the rest, so that nobody finds half a model on the way.
        for folder in [repository.refs, repository.snapshots, repository.folder, repository.locks] {
            try HubFiles.removeTree(folder)
        }
        return freed
    }

    /// Removes one commit, the names that point to it, and the files that no other commit has.
    ///
    /// - Returns: bytes that were freed.
    /// - Throws: `notCached` when there is none, `system` for what could not be removed.
    @discardableResult
    public func remove(_ id: RepositoryID, revision: Revision) throws(HubError) -> Int {
        let repository = CachedRepository(id, in: self)
        guard let commit = commit(of: id, revision: revision), snapshot(of: id, revision: revision) != nil else {
            throw .notCached(id: id.description, revision: revision.description, cache: directory)
        }
        if repository.commits == [commit] { return try remove(id) }
        for (name, target) in repository.refNames where target == commit {
            HubFiles.remove(repository.refs + "/" + name)
        }
        let gone = repository.blobNames(of: commit)
        let copies = HubFiles.filesBelow(repository.snapshot(commit)).map { repository.pointer(commit, $0) }
            .filter { HubFiles.isOnlyName($0) }
        var freed = copies.reduce(0) { $0 &+ (HubFiles.size($1) ?? 0) }
        try HubFiles.removeTree(repository.snapshot(commit))
        HubFiles.remove(repository.tree(commit))
        let kept = repository.commits.reduce(into: Set<String>()) { $0.formUnion(repository.blobNames(of: $1)) }
        for name in gone.subtracting(kept) {
            freed &+= HubFiles.size(repository.blobs + "/" + name) ?? 0
            HubFiles.remove(repository.blobs + "/" + name)
        }
        return freed
    }
}

extension CachedRepository {
    /// The blobs that the links of a commit lead to.
    fileprivate func blobNames(of commit: String) -> Set<String> {
        Set(HubFiles.filesBelow(snapshot(commit)).compactMap { linkedHash(pointer(commit, $0), $0)?.hexadecimal })
    }

    /// The sum that the link of a file leads to; nil when it is no link, or one that leads elsewhere.
    func linkedHash(_ pointer: String, _ file: String) -> ContentHash? {
        guard let target = HubFiles.target(of: pointer), let slash = target.lastIndex(of: "/"),
            let hash = ContentHash(hexadecimal: String(target[target.index(after: slash)...])),
            target == Self.linkText(for: file, hash)
        else { return nil }
        return hash
    }
}
