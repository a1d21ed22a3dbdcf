import ErlangshenJSON

/// What keeps a model from being fetched, found or removed.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text cannot name a repository of the hub.
    case invalidID(String)
    /// The text cannot name a branch, tag or commit.
    case invalidRevision(String)
    /// A variable of the environment is set to something unusable; the value is left out where it may be a secret.
    case invalidSetting(name: String, value: String?, reason: String)
    /// The network is switched off, and the cache does not have it all.
    case offline(id: String, missing: [String])
    /// The cache has no such model, or not in this revision.
    case notCached(id: String, revision: String, cache: String)
    /// The hub knows no such repository, or does not show it to this user.
    case noRepository(id: String, hasToken: Bool)
    /// The repository has no such branch, tag or commit.
    case noRevision(id: String, revision: String)
    /// The repository lists the file and does not serve it.
    case noFile(id: String, path: String)
    /// The model is behind a form, or the token may not read it.
    case forbidden(id: String, isGated: Bool)
    /// The server answered with a status that is no success.
    case status(url: String, code: Int, retryAfterSeconds: Int?)
    /// The connection failed, before or after the first byte.
    case transfer(url: String, TransferFault)
    /// A redirect that is not followed.
    case redirect(url: String, RedirectFault)
    /// The answer is not what the hub's interface has there.
    case unexpectedAnswer(url: String, reason: String)
    /// A file has a name that would leave its folder, or cannot stand on a disk.
    case unsafePath(String)
    /// What came is not the file that the hub announced.
    case wrongContent(path: String, ContentFault)
    /// No file of the repository is asked for.
    case nothingSelected(id: String, patterns: [String])
    /// A link stands in the cache where a folder of its own has to be.
    case foreignLink(path: String)
    /// The system refused to open, write or move something.
    case system(operation: String, path: String, code: Int32)
    /// The disk has no room for what is to come.
    case noSpace(path: String, needed: Int, available: Int)
    /// The task was cancelled.
    case cancelled

    /// What is wrong, and what to do next.
    public var description: String {
        switch self {
        case .invalidID, .invalidRevision, .invalidSetting, .unsafePath: askedDescription
        case .offline, .notCached, .nothingSelected, .foreignLink, .system, .noSpace: cacheDescription
        case .noRepository, .noRevision, .noFile, .forbidden: repositoryDescription
        case .status(let url, let code, let seconds): Self.describe(status: code, url, retryAfterSeconds: seconds)
        case .transfer(let url, let fault): "\(url.quoted(limit: 300)): \(fault)"
        case .redirect(let url, let fault): "\(url.quoted(limit: 300)) redirects \(fault)"
        case .unexpectedAnswer(let url, let reason):
            "\(url.quoted(limit: 300)) answered with \(reason); check HF_ENDPOINT and the proxies"
        case .wrongContent(let path, let fault): "\(path.quoted(limit: 300)) \(fault)"
        case .cancelled: "cancelled; what came so far is kept and used next time"
        }
    }

    private var askedDescription: String {
        switch self {
        case .invalidID(let text):
            "\(text.quoted()) is no model of the hub; give ORGANISATION/NAME, such as "
                + "IDEA-CCNL/Erlangshen-DeBERTa-v2-97M-Chinese"
        case .invalidRevision(let text):
            "\(text.quoted()) is no revision; give a branch, a tag or the 40 digits of a commit"
        case .invalidSetting(let name, let value, let reason):
            name + (value.map { " is \($0.quoted(limit: 200)): " } ?? ": ") + reason
        case .unsafePath(let path):
            "the repository has a file named \(path.quoted(limit: 200)), which cannot stand in a folder of its own; "
                + "nothing was fetched"
        default: ""
        }
    }

    private var cacheDescription: String {
        switch self {
        case .offline(let id, let missing):
            "the network is switched off (HF_HUB_OFFLINE), and the cache lacks \(Self.list(missing)) of \(id); "
                + "unset it and run: erlangshen pull \(id)"
        case .notCached(let id, let revision, let cache):
            "\(id)\(revision == Revision.main ? "" : " at \(revision.quoted())") is not in the cache "
                + "\(cache.quoted(limit: 300)); fetch it with: erlangshen pull \(id)"
                + (revision == Revision.main ? "" : " --revision \(revision)")
        case .nothingSelected(let id, let patterns):
            patterns.isEmpty
                ? "\(id) has no file that this program reads; name what to fetch with --include"
                : "no file of \(id) is named like \(Self.list(patterns)); see its files with --include '*' --dry-run"
        case .foreignLink(let path):
            "\(path.quoted(limit: 300)) is a link or a file where the cache has a folder; remove it and try again"
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path.quoted(limit: 300)): \(HubFiles.message(for: code))"
        case .noSpace(let path, let needed, let available):
            "\(needed) bytes are to come and \(path.quoted(limit: 300)) has room for \(available); free some space, "
                + "or set HF_HUB_CACHE to a folder on another disk"
        default: ""
        }
    }

    private var repositoryDescription: String {
        switch self {
        case .noRepository(let id, let hasToken):
            "the hub shows no model \(id)"
                + (hasToken
                    ? " to this token; check the name, and that the token may read it"
                    : "; check the name, or set HF_TOKEN if it is a private one")
        case .noRevision(let id, let revision): "\(id) has no revision \(revision.quoted()); check --revision"
        case .noFile(let id, let path): "\(id) lists \(path.quoted(limit: 300)) and does not serve it; try again later"
        case .forbidden(let id, let isGated):
            isGated
                ? "\(id) wants its terms accepted first; do so on its page, then set HF_TOKEN to a token of that account"
                : "the hub does not let this token read \(id); set HF_TOKEN to one that may"
        default: ""
        }
    }

    private static func describe(status code: Int, _ url: String, retryAfterSeconds: Int?) -> String {
        let advice =
            switch code {
            case 401, 403: "check HF_TOKEN and the proxies"
            case 407: "the proxy wants a name and a password, as in HTTPS_PROXY=http://name:password@host:port"
            case 429: "too many requests; try again" + (retryAfterSeconds.map { " in \($0) s" } ?? " later")
            case 500...599: "the server is in trouble; try again later"
            default: "check HF_ENDPOINT and the proxies"
            }
        return "\(url.quoted(limit: 300)) answered with status \(code); \(advice)"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).map { $0.quoted(limit: 120) }.joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

extension HubError {
    /// Whether the same request may succeed in a while.
    var isTransient: Bool {
        switch self {
        case .transfer(_, let fault): fault.isTransient
        case .status(_, let code, _): [408, 429, 500, 502, 503, 504].contains(code)
        default: false
        }
    }
}
