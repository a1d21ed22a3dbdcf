/// Fetches models of the hub into the cache.
///
/// Every file is written under a name of its own, and moved into the cache when all of it is there and its sum is the
/// one that the hub lists for the commit: SHA-256 for large files, git's SHA-1 for the others. So the cache never holds
/// a part of a file or another file, whatever the network, a mirror or a second process does.
public struct HubClient: Sendable {
    /// Where the hub and the cache are.
    public let settings: HubSettings
    let policy: RetryPolicy
    let pause: @Sendable (Double) async -> Void

    /// A client with these settings.
    public init(_ settings: HubSettings) {
        // A pause that is cut short by cancellation is followed by a request that says so.
        self.init(settings, policy: RetryPolicy()) { seconds in try? await Task.sleep(for: .seconds(seconds)) }
    }

    init(_ settings: HubSettings, policy: RetryPolicy, pause: @escaping @Sendable (Double) async -> Void) {
        (self.settings, self.policy, self.pause) = (settings, policy, pause)
    }

    /// Fetches what the cache does not have of a model, and checks what it has.
    ///
    /// - Parameters:
    ///   - id: the model.
    ///   - revision: a branch, a tag or a commit.
    ///   - include: patterns of file names, such as `*.json`; none for what this package reads: configuration,
    ///     vocabulary, card and one set of weights.
    ///   - report: told what happens, on any thread.
    /// - Returns: the folder, and the files asked for.
    /// - Throws: `HubError`. What came before it is used by the next call.
    public func pull(
        _ id: RepositoryID, revision: Revision = .mainBranch, include: [String] = [],
        report: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) async throws(HubError) -> PulledModel {
        if settings.isOffline { return try cached(id, revision, include: include) }
        return try await withPull(id, revision, include, report) { pull async throws(HubError) in try await pull.run() }
    }

    /// What `pull` would fetch. Files that the cache has are told by their names and lengths; nothing is written.
    ///
    /// - Throws: `HubError`.
    public func plan(
        _ id: RepositoryID, revision: Revision = .mainBranch, include: [String] = []
    ) async throws(HubError) -> PulledModel {
        if settings.isOffline { return try cached(id, revision, include: include) }
        return try await withPull(id, revision, include, { _ in }) { pull async throws(HubError) in
            try await pull.plan()
        }
    }

    private func withPull(
        _ id: RepositoryID, _ revision: Revision, _ include: [String],
        _ report: @escaping @Sendable (PullEvent) -> Void,
        _ body: (Pull) async throws(HubError) -> PulledModel
    ) async throws(HubError) -> PulledModel {
        let transport = HubTransport(settings)
        let pull = Pull(
            client: self, transport: transport, id: id, revision: revision,
            selection: FileSelection(patterns: include), report: report)
        let result: Result<PulledModel, HubError>
        do throws(HubError) {
            result = .success(try await body(pull))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        return try result.get()
    }

    /// What the cache has, where the network is switched off.
    private func cached(
        _ id: RepositoryID, _ revision: Revision, include: [String]
    ) throws(HubError) -> PulledModel {
        guard let commit = settings.cache.commit(of: id, revision: revision),
            let path = settings.cache.snapshot(of: id, revision: revision)
        else { throw .offline(id: id.description, missing: ["\(revision)"]) }
        let selection = FileSelection(patterns: include)
        let present = HubFiles.filesBelow(path).filter { HubFiles.size(path + "/" + $0) != nil }
        // What belongs to the model is known only where all of it was fetched once.
        let listed = TreeRecord(CachedRepository(id, in: settings.cache).tree(commit))?.files.keys.map { $0 } ?? []
        let missing = selection.select(listed).subtracting(present).sorted()
        let names = selection.select(present)
        guard missing.isEmpty, !names.isEmpty else {
            throw .offline(id: id.description, missing: missing.isEmpty ? include + ["\(revision)"] : missing)
        }
        let files = names.sorted().map { name in
            PulledModel.File(path: name, byteCount: HubFiles.size(path + "/" + name) ?? 0, wasPresent: true)
        }
        return PulledModel(id: id, commit: commit, path: path, files: files)
    }
}
