/// One fetching of one model.
struct Pull {
    let client: HubClient
    let transport: HubTransport
    let id: RepositoryID
    let revision: Revision
    let selection: FileSelection
    let report: @Sendable (PullEvent) -> Void

    private var repository: CachedRepository { CachedRepository(id, in: client.settings.cache) }

    /// What is to be fetched.
    func plan() async throws(HubError) -> PulledModel {
        let (listing, files) = try await list()
        return model(listing, files) { HubFiles.size(repository.blob($0.hash)) == $0.byteCount }
    }

    /// Fetches what is not there.
    ///
    /// The revision points to the commit only when all files are there, so nobody finds a part of a model by it.
    func run() async throws(HubError) -> PulledModel {
        let (listing, files) = try await list()
        try prepare()
        try HubFiles.makeOwnFolder(repository.snapshots)
        try HubFiles.makeOwnFolder(repository.snapshot(listing.commit))
        var present: Set<String> = []
        var missing: [RemoteFile] = []
        for file in files {
            if try isPlaced(file, listing.commit) {
                present.insert(file.path)
                report(.finished(path: file.path, byteCount: file.byteCount, wasPresent: true))
            } else {
                missing.append(file)
            }
        }
        try requireSpace(missing)
        for file in missing {
            let download = FileDownload(
                client: client, transport: transport, id: id, commit: listing.commit, file: file, report: report)
            try await download.run(into: repository.blobs)
            try place(file, listing.commit)
            report(.finished(path: file.path, byteCount: file.byteCount, wasPresent: false))
        }
        try record(listing)
        return model(listing, files) { present.contains($0.path) }
    }

    private func list() async throws(HubError) -> (RemoteListing, [RemoteFile]) {
        var failures = 0
        while true {
            do throws(HubError) {
                let listing = try await RemoteListing.fetch(
                    id, revision, settings: client.settings, transport: transport)
                let files = selection.select(listing.files)
                guard !files.isEmpty else {
                    throw .nothingSelected(id: id.description, patterns: selection.patterns)
                }
                report(
                    .listed(
                        commit: listing.commit, fileCount: files.count,
                        byteCount: files.reduce(0) { $0 &+ $1.byteCount }))
                return (listing, files)
            } catch {
                failures += 1
                // Somebody without a network wants to hear of it at once; in the middle of a file patience pays.
                if case .transfer(_, .noConnection) = error, failures > 1 { throw error }
                guard let seconds = client.policy.wait(after: error, failures: failures) else { throw error }
                report(.retrying(afterSeconds: seconds, error))
                await client.pause(seconds)
            }
        }
    }

    /// Makes the folders that every model has, and clears away what was abandoned.
    private func prepare() throws(HubError) {
        let cache = client.settings.cache.directory
        try HubFiles.makeFolders(cache)
        let tag = cache + "/CACHEDIR.TAG"
        if HubFiles.kind(tag) == nil {
            // The signature of bford.info/cachedir: backups leave the folder out.
            try HubFiles.write("Signature: 8a477f597d28d172789f06886806bc55\n", to: tag)
        }
        try HubFiles.makeOwnFolder(repository.folder)
        try HubFiles.makeOwnFolder(repository.blobs)
        PartialFile.removeAbandoned(in: repository.blobs)
    }

    /// Whether a file is in its place with the right bytes; a blob that is right gets its link.
    private func isPlaced(_ file: RemoteFile, _ commit: String) throws(HubError) -> Bool {
        let pointer = repository.pointer(commit, file.path)
        try repository.makeFolders(for: file.path, commit: commit)
        // Python has files in place of links where it is told to, or where there are none.
        if HubFiles.kind(pointer) == .file { return try CachedFileCheck.isRight(pointer, file) }
        guard try CachedFileCheck.isRight(repository.blob(file.hash), file) else { return false }
        try place(file, commit)
        return true
    }

    /// Makes the link, or the copy, of a file that the cache has.
    private func place(_ file: RemoteFile, _ commit: String) throws(HubError) {
        let pointer = repository.pointer(commit, file.path)
        let text = CachedRepository.linkText(for: file.path, file.hash)
        if client.settings.usesLinks, HubFiles.target(of: pointer) == text { return }
        if client.settings.usesLinks, try HubFiles.link(text, at: pointer) { return }
        try HubFiles.copy(repository.blob(file.hash), to: pointer)
    }

    /// - Throws: `noSpace`.
    private func requireSpace(_ files: [RemoteFile]) throws(HubError) {
        let needed = files.reduce(0) { $0 &+ $1.byteCount }
        guard let available = HubFiles.available(at: repository.blobs), needed > available else { return }
        throw .noSpace(path: repository.blobs, needed: needed, available: available)
    }

    /// Notes what the revision is, and the list of files once all of them are there: with it, Python refuses a part.
    private func record(_ listing: RemoteListing) throws(HubError) {
        let isWhole = listing.files.allSatisfy { HubFiles.size(repository.pointer(listing.commit, $0.path)) != nil }
        if isWhole, HubFiles.kind(repository.tree(listing.commit)) == nil {
            try HubFiles.makeOwnFolder(repository.trees)
            try HubFiles.write(listing.record, to: repository.tree(listing.commit))
        }
        guard !revision.isCommit, client.settings.cache.commit(of: id, revision: revision) != listing.commit else {
            return
        }
        try HubFiles.makeOwnFolder(repository.refs)
        var folder = repository.refs
        for part in revision.description.split(separator: "/").dropLast() {
            folder += "/" + part
            try HubFiles.makeOwnFolder(folder)
        }
        try HubFiles.write(listing.commit, to: repository.ref(revision))
    }

    private func model(
        _ listing: RemoteListing, _ files: [RemoteFile], isPresent: (RemoteFile) -> Bool
    ) -> PulledModel {
        PulledModel(
            id: id, commit: listing.commit, path: repository.snapshot(listing.commit),
            files: files.map {
                PulledModel.File(path: $0.path, byteCount: $0.byteCount, wasPresent: isPresent($0))
            })
    }
}
