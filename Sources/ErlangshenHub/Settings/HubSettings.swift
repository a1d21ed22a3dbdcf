/// Where the hub is, who asks, and where models are kept: what the variables of huggingface_hub say.
public struct HubSettings: Sendable {
    /// The hub or a mirror of it, without a slash at the end.
    public let endpoint: String
    /// Where models are kept.
    public let cache: HubCache
    /// Sent to the endpoint alone.
    public let token: HubToken?
    /// Whether the network is switched off.
    public let isOffline: Bool
    /// Whether files of a snapshot may be links; else they are copies.
    public let usesLinks: Bool
    /// Whether progress is to be shown.
    public let showsProgress: Bool
    /// How long to wait for a connection and for the head of an answer, in seconds.
    public let answerTimeoutSeconds: Double
    /// How long to wait for the next bytes of a file, in seconds.
    public let readTimeoutSeconds: Double
    /// A file of certificates to trust in place of the system's; nil for those.
    let certificates: String?
    let address: HubURL
    let proxies: ProxySettings

    static let defaultEndpoint = "https://huggingface.co"

    /// Reads the environment: `HF_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`, `HF_ENDPOINT`, `HF_TOKEN`, `HF_TOKEN_PATH`,
    /// `HF_HUB_OFFLINE`, `HF_HUB_ETAG_TIMEOUT`, `HF_HUB_DOWNLOAD_TIMEOUT`, `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and
    /// their relatives.
    ///
    /// - Parameter environment: the value of a variable; nil or empty when it is not set.
    /// - Throws: `invalidSetting`, which names the variable.
    public init(environment: (String) -> String?) throws(HubError) {
        self = try withoutActuallyEscaping(environment) { environment throws(HubError) in
            try HubSettings(HubVariables(environment))
        }
    }

    private init(_ variables: HubVariables) throws(HubError) {
        cache = HubCache(directory: try variables.cacheDirectory())
        token = try variables.token()
        isOffline = variables.isOn("HF_HUB_OFFLINE") || variables.isOn("TRANSFORMERS_OFFLINE")
        usesLinks = !variables.isOn("HF_HUB_DISABLE_SYMLINKS")
        showsProgress = !variables.isOn("HF_HUB_DISABLE_PROGRESS_BARS")
        answerTimeoutSeconds = try variables.seconds("HF_HUB_ETAG_TIMEOUT")
        readTimeoutSeconds = try variables.seconds("HF_HUB_DOWNLOAD_TIMEOUT")
        proxies = try ProxySettings(variables)
        certificates = try variables.certificates()
        var text = variables["HF_ENDPOINT"] ?? Self.defaultEndpoint
        while text.hasSuffix("/") { text.removeLast() }
        guard let address = HubURL(text), !text.contains("?") else {
            // It may carry a password.
            throw .invalidSetting(
                name: "HF_ENDPOINT", value: nil,
                reason: "it takes an address such as \(Self.defaultEndpoint), without a name, a password or a query")
        }
        (endpoint, self.address) = (text, address)
    }
}

/// The variables of the environment that concern the hub.
struct HubVariables {
    private let environment: (String) -> String?

    init(_ environment: @escaping (String) -> String?) { self.environment = environment }

    /// The value of a variable, nil when it is unset or empty.
    subscript(name: String) -> String? {
        guard let value = environment(name), !value.isEmpty else { return nil }
        return value
    }

    /// Whether a switch is on: 1, ON, YES or TRUE.
    func isOn(_ name: String) -> Bool { ["1", "ON", "YES", "TRUE"].contains(self[name]?.uppercased() ?? "") }

    /// A time, 10 seconds when it is not set.
    func seconds(_ name: String) throws(HubError) -> Double {
        guard let text = self[name] else { return 10 }
        guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
            throw .invalidSetting(name: name, value: text, reason: "it takes a number of seconds, up to 86400")
        }
        return seconds
    }

    /// The file of certificates to trust.
    func certificates() throws(HubError) -> String? {
        guard let path = self["SSL_CERT_FILE"] else { return nil }
        guard HubFiles.bytes(path, limit: 1 << 24) != nil else {
            throw .invalidSetting(
                name: "SSL_CERT_FILE", value: path, reason: "there is no such file, or not to be read")
        }
        return path
    }

    /// The folder of models.
    func cacheDirectory() throws(HubError) -> String {
        if let path = self["HF_HUB_CACHE"] ?? self["HUGGINGFACE_HUB_CACHE"] { return try expanded(path) }
        return try home() + "/hub"
    }

    /// The token of the variable, else of the file; none where the implicit use of one is switched off.
    func token() throws(HubError) -> HubToken? {
        guard !isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN") else { return nil }
        if let text = self["HF_TOKEN"] ?? self["HUGGING_FACE_HUB_TOKEN"] {
            guard let token = HubToken(text) else {
                throw .invalidSetting(
                    name: "HF_TOKEN", value: nil, reason: "it is no token: one word of letters, digits and signs")
            }
            return token
        }
        if let path = self["HF_TOKEN_PATH"] { return HubFiles.text(try expanded(path)).flatMap(HubToken.init) }
        // Without a home folder there is no token either.
        guard let home = try? home() else { return nil }
        return HubFiles.text(home + "/token").flatMap(HubToken.init)
    }

    private func home() throws(HubError) -> String {
        if let path = self["HF_HOME"] { return try expanded(path) }
        return try expanded(self["XDG_CACHE_HOME"] ?? "~/.cache") + "/huggingface"
    }

    private func expanded(_ path: String) throws(HubError) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        guard let home = self["HOME"] else {
            throw .invalidSetting(
                name: "HOME", value: nil, reason: "it is not set; set HF_HUB_CACHE to the folder for models")
        }
        return home + path.dropFirst()
    }
}
