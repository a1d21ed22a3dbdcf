/// The folder where models of the hub are kept, in the layout that Python's huggingface_hub reads and writes.
///
/// ```
/// models--ORG--NAME/
///     blobs/<sum>                     the bytes, named by what they are
///     refs/<branch or tag>            a file that holds the commit
///     snapshots/<commit>/<file>       a link, ../../blobs/<sum>
///     trees/<commit>.json             the list of the files of a commit
/// ```
public struct HubCache: Sendable, Equatable {
    /// The folder.
    public let directory: String

    /// The cache in a folder, which need not be there yet.
    public init(directory: String) {
        self.directory = directory
    }

    /// The cache that the environment names: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in the user's cache folder.
    ///
    /// - Parameter environment: the value of a variable; nil or empty when it is not set.
    /// - Throws: `invalidSetting` when there is no home folder and nothing else tells.
    public init(environment: (String) -> String?) throws(HubError) {
        self = try withoutActuallyEscaping(environment) { environment throws(HubError) in
            HubCache(directory: try HubVariables(environment).cacheDirectory())
        }
    }

    /// The folder of a model's commit, whole or not; nil when the cache has none.
    ///
    /// Nothing is asked of the network.
    public func snapshot(of id: RepositoryID, revision: Revision = .mainBranch) -> String? {
        guard let commit = commit(of: id, revision: revision) else { return nil }
        let path = CachedRepository(id, in: self).snapshot(commit)
        return HubFiles.kind(path) == .folder ? path : nil
    }

    /// The commit that a revision was when it was last fetched; nil when it never was.
    public func commit(of id: RepositoryID, revision: Revision = .mainBranch) -> String? {
        if revision.isCommit { return revision.description }
        let text = HubFiles.text(CachedRepository(id, in: self).ref(revision), limit: 128)
        guard let commit = text?.split(whereSeparator: \.isWhitespace).first.map(String.init) else { return nil }
        return Revision.isCommit(commit) ? commit : nil
    }

    /// The folder of a model that a user names: `ORG/NAME`, `ORG/NAME@REVISION` or `models--ORG--NAME`.
    ///
    /// - Throws: `notCached` for the name of a model that the cache does not have, `invalidID` and `invalidRevision`
    ///   for what is no name of a model.
    public func locate(_ text: String) throws(HubError) -> String {
        if let path = snapshot(ofEntry: text) { return path }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let id = try RepositoryID(String(parts[0]))
        let revision = parts.count == 2 ? try Revision(String(parts[1])) : .mainBranch
        guard let path = snapshot(of: id, revision: revision) else {
            throw .notCached(id: id.description, revision: revision.description, cache: directory)
        }
        return path
    }

    /// The main branch behind a folder `models--ORG--NAME` of any cache, or its only commit when no branch is known;
    /// nil for other folders. A name without a folder is looked for in this cache, too.
    public func snapshot(ofEntry path: String) -> String? {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        let name = trimmed.lastIndex(of: "/").map { String(trimmed[trimmed.index(after: $0)...]) } ?? trimmed
        guard let id = RepositoryID(folderName: name) else { return nil }
        let folder = trimmed.lastIndex(of: "/").map { String(trimmed[..<$0]) } ?? ""
        for cache in name == trimmed ? [HubCache(directory: "."), self] : [HubCache(directory: folder)] {
            if let snapshot = cache.snapshot(of: id) { return snapshot }
            let commits = CachedRepository(id, in: cache).commits
            if commits.count == 1 { return CachedRepository(id, in: cache).snapshot(commits[0]) }
        }
        return nil
    }
}

/// The paths of one model in a cache.
struct CachedRepository {
    let id: RepositoryID
    let folder: String
    private let cache: HubCache

    init(_ id: RepositoryID, in cache: HubCache) {
        self.id = id
        self.cache = cache
        folder = cache.directory + "/" + id.folderName
    }

    var blobs: String { folder + "/blobs" }
    var refs: String { folder + "/refs" }
    var snapshots: String { folder + "/snapshots" }
    var trees: String { folder + "/trees" }
    /// Where Python keeps locks; nothing here depends on them.
    var locks: String { cache.directory + "/.locks/" + id.folderName }

    func blob(_ hash: ContentHash) -> String { blobs + "/" + hash.hexadecimal }
    func ref(_ revision: Revision) -> String { refs + "/" + revision.description }
    func snapshot(_ commit: String) -> String { snapshots + "/" + commit }
    func pointer(_ commit: String, _ file: String) -> String { snapshot(commit) + "/" + file }
    func tree(_ commit: String) -> String { trees + "/" + commit + ".json" }

    /// The commits that have a folder.
    var commits: [String] {
        HubFiles.names(in: snapshots).filter { Revision.isCommit($0) && HubFiles.kind(snapshot($0)) == .folder }
    }

    /// What the link of a file says: as many steps up as the file stands deep, then to the blob.
    static func linkText(for file: String, _ hash: ContentHash) -> String {
        let depth = file.utf8.count(where: { $0 == 0x2F }) + 2
        return String(repeating: "../", count: depth) + "blobs/" + hash.hexadecimal
    }

    /// Makes the folders above a file of a commit; none of them may be a link.
    func makeFolders(for file: String, commit: String) throws(HubError) {
        try HubFiles.makeOwnFolder(snapshots)
        var path = snapshot(commit)
        try HubFiles.makeOwnFolder(path)
        for part in file.split(separator: "/").dropLast() {
            path += "/" + part
            try HubFiles.makeOwnFolder(path)
        }
    }
}
