import ErlangshenJSON

/// The files of one commit.
struct RemoteListing: Sendable, Equatable {
    let commit: String
    let files: [RemoteFile]

    private static let fileLimit = 10_000
    private static let pageLimit = 1_000

    /// Asks the hub what a revision is, and what is in it.
    static func fetch(
        _ id: RepositoryID, _ revision: Revision, settings: HubSettings, transport: HubTransport
    ) async throws(HubError) -> RemoteListing {
        let api = settings.address.appending("api/models/" + RemotePath.escaped(id.description))
        let refusal = { (answer: HubAnswer) in
            HubError(refusal: answer, id, revision: revision, path: nil, hasToken: settings.token != nil)
        }
        var commit = revision.description
        if !revision.isCommit {
            let url = api.appending("revision/" + RemotePath.escaped(revision.description, keepsSlash: false))
            let info = try await transport.json(url, refusal: refusal)
            guard let sha = info.value["sha"]?.stringValue, Revision.isCommit(sha) else {
                throw .unexpectedAnswer(url: url.description, reason: "no commit")
            }
            commit = sha
        }
        var files: [RemoteFile] = []
        var page: HubURL? = api.appending("tree/\(commit)").resolving("?recursive=true&expand=false")
        for _ in 0..<pageLimit {
            guard let url = page else { return RemoteListing(commit: commit, files: try checked(files)) }
            let (value, answer) = try await transport.json(url, refusal: refusal)
            guard let entries = value.arrayValue else {
                throw .unexpectedAnswer(url: url.description, reason: "no list of files")
            }
            for entry in entries {
                if let file = try RemoteFile(entry, url: url) { files.append(file) }
            }
            guard files.count <= fileLimit else { break }
            page = try next(answer, endpoint: settings.address)
        }
        throw .unexpectedAnswer(url: api.description, reason: "more than \(fileLimit) files")
    }

    /// The address of the next page, as the header `Link` names it; it must be the hub's own.
    private static func next(_ answer: HubAnswer, endpoint: HubURL) throws(HubError) -> HubURL? {
        guard let link = answer.header("link"), let open = link.firstIndex(of: "<"),
            let close = link[open...].firstIndex(of: ">"), link[close...].contains("rel=\"next\"")
        else { return nil }
        let reference = String(link[link.index(after: open)..<close])
        guard let url = answer.url.resolving(reference), url.hasOrigin(of: endpoint) else {
            throw .unexpectedAnswer(url: answer.url.description, reason: "a list that goes on elsewhere")
        }
        return url
    }

    /// - Throws: `unsafePath` for a name that comes twice, or is a folder of another one.
    private static func checked(_ files: [RemoteFile]) throws(HubError) -> [RemoteFile] {
        var paths: Set<String> = []
        for file in files where !paths.insert(file.path).inserted { throw .unsafePath(file.path) }
        for file in files {
            var folder = file.path[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                if paths.contains(String(folder)) { throw .unsafePath(file.path) }
            }
        }
        return files.sorted { $0.path < $1.path }
    }

    /// The list as the cache keeps it, for Python as well.
    var record: String {
        let entries = JSONObject(files.map { (key: $0.path, value: $0.record) })
        return JSONValue.object(["format_version": 1, "files": .object(entries)]).serialized(pretty: true)
    }
}

extension HubError {
    /// What a refusal of the hub means; nil when it is no refusal of its own.
    init?(refusal answer: HubAnswer, _ id: RepositoryID, revision: Revision, path: String?, hasToken: Bool) {
        let name = id.description
        switch (answer.status, answer.header("x-error-code")) {
        case (404, "RevisionNotFound"): self = .noRevision(id: name, revision: revision.description)
        case (404, "EntryNotFound"): self = .noFile(id: name, path: path ?? "")
        case (404, _): self = path.map { .noFile(id: name, path: $0) } ?? .noRepository(id: name, hasToken: hasToken)
        case (401, "GatedRepo"), (403, "GatedRepo"): self = .forbidden(id: name, isGated: true)
        case (403, _): self = .forbidden(id: name, isGated: false)
        case (401, _): self = .noRepository(id: name, hasToken: hasToken)
        default: return nil
        }
    }
}
