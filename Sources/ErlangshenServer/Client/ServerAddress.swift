/// Where a server is: `http://HOST[:PORT][/PATH]`.
public struct ServerAddress: Sendable, Equatable {
    /// A name or an address.
    public let host: String
    /// The port; 80 when none is named.
    public let port: Int
    /// What stands before every path, without a slash at its end.
    public let path: String

    /// Reads an address; nil when it has another form, `https` among them: put a proxy for TLS before the server.
    public init?(_ text: String) {
        guard text.lowercased().hasPrefix("http://") else { return nil }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        let visible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard visible, !authority.isEmpty, !authority.contains("@"), !path.contains("?"), !path.contains("#") else {
            return nil
        }
        self.path = path
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let after = authority[authority.index(after: end)...]
            guard let port = Self.port(after) else { return nil }
            self.port = port
        } else {
            let name = authority.prefix { $0 != ":" }
            guard !name.isEmpty, let port = Self.port(authority.dropFirst(name.count)) else { return nil }
            host = String(name)
            self.port = port
        }
    }

    /// The `Host` field.
    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    private static func port(_ text: Substring) -> Int? {
        if text.isEmpty { return 80 }
        guard text.first == ":", let port = Int(text.dropFirst()), (1...65535).contains(port) else { return nil }
        return port
    }
}
