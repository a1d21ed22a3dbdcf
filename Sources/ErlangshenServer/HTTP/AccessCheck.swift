import HTTPTypes

/// Who may ask: host, origin and key.
struct AccessCheck: Sendable {
    let isLoopback: Bool
    let allowedHosts: [String]
    let corsOrigins: [String]
    let apiKey: APIKey?
    /// Whether `/` is the page, and not what `/info` answers.
    let hasPage: Bool

    init(_ configuration: ServiceConfiguration) {
        isLoopback = configuration.isLoopback
        allowedHosts = configuration.allowedHosts.map { $0.lowercased() }
        corsOrigins = configuration.corsOrigins
        apiKey = configuration.apiKey
        hasPage = configuration.page.contains { $0.path == "index.html" }
    }

    /// Refuses requests that were not meant for this server, come from a page elsewhere, or lack the key.
    ///
    /// A page on another site can have a browser send requests to the loopback address, under a name of its own that
    /// resolves to it; the Host field gives that away.
    func check(_ head: HTTPRequest, _ resource: Resource?) throws(RequestFailure) {
        if isLoopback {
            guard let authority = head.authority, isLocal(Self.hostName(authority)) else {
                throw RequestFailure(
                    .misdirectedRequest, .forbidden,
                    "the Host field does not name this machine; use localhost, or start with --allow-host NAME")
            }
        }
        if let origin = head.headerFields[.origin], !corsOrigins.contains(origin),
            head.authority.map({ origin != "http://\($0)" }) ?? true
        {
            throw RequestFailure(
                .forbidden, .forbidden,
                "pages of other origins may not call; start with --cors-origin ORIGIN to let one in")
        }
        guard let apiKey, !isOpen(resource, head.method), !isPreflight(head) else { return }
        guard apiKey.matches(authorization: head.headerFields[.authorization]) else {
            throw RequestFailure(
                .unauthorized, .unauthorized, "no valid token; send the field Authorization: Bearer KEY")
        }
    }

    /// What needs no key: health, and the page, which a browser loads before anybody could give it one and which holds
    /// nothing but itself.
    private func isOpen(_ resource: Resource?, _ method: HTTPRequest.Method) -> Bool {
        switch resource {
        case .health, .page: true
        case .root: hasPage && (method == .get || method == .head)
        default: false
        }
    }

    /// Whether a browser asks what a page of an origin that is let in may send.
    func isPreflight(_ head: HTTPRequest) -> Bool {
        head.method == .options && head.headerFields[.origin].map(corsOrigins.contains) == true
    }

    /// The fields that let a browser hand the reply to a page elsewhere; none unless its origin is let in.
    func corsHeaders(_ head: HTTPRequest, methods: [HTTPRequest.Method]) -> HTTPFields {
        guard let origin = head.headerFields[.origin], corsOrigins.contains(origin) else { return [:] }
        var headers: HTTPFields = [.accessControlAllowOrigin: origin, .vary: "Origin"]
        if isPreflight(head) {
            headers[.accessControlAllowMethods] = methods.map(\.rawValue).joined(separator: ", ")
            headers[.accessControlAllowHeaders] = "Authorization, Content-Type, X-Wait-For-Model"
            headers[.accessControlMaxAge] = "600"
        } else {
            headers[.accessControlExposeHeaders] = Self.exposed
        }
        return headers
    }

    /// Fields of replies that a page elsewhere may read beside the few that browsers always hand out.
    private static let exposed =
        "Retry-After, X-Compute-Type, X-Compute-Time, X-Compute-Tokens, X-Total-Time, X-Queue-Time, "
        + "X-Inference-Time, X-Erlangshen-Remarks"

    private func isLocal(_ name: String) -> Bool {
        name == "localhost" || name == "[::1]" || Self.isLoopbackAddress(name) || allowedHosts.contains(name)
    }

    /// Whether text is an address 127.x.y.z, and not a name that begins like one.
    private static func isLoopbackAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The name of an authority, without its port, in lower case.
    static func hostName(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[...end].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
