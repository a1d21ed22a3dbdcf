/// Through which proxy a host is reached.
struct ProxySettings: Sendable, Equatable {
    private let secure: Proxy?
    private let plain: Proxy?
    private let exceptions: [String]

    /// Reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, in small letters first.
    init(_ variables: HubVariables) throws(HubError) {
        let all = try Self.proxy("all_proxy", variables)
        secure = try Self.proxy("https_proxy", variables) ?? all
        plain = try Self.proxy("http_proxy", variables) ?? all
        exceptions = (variables["no_proxy"] ?? variables["NO_PROXY"] ?? "").lowercased()
            .split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// The proxy for an address; nil when it is reached directly.
    func proxy(for url: HubURL) -> Proxy? {
        guard let proxy = url.isSecure ? secure : plain else { return nil }
        return exceptions.contains { Self.matches($0, url) } ? nil : proxy
    }

    /// Whether an exception names a host: `*`, the host itself, a domain above it, any of them with a port.
    private static func matches(_ exception: String, _ url: HubURL) -> Bool {
        if exception == "*" { return true }
        var name = exception[...]
        if let colon = name.lastIndex(of: ":"), let port = Int(name[name.index(after: colon)...]),
            !name[..<colon].contains(":") || name[..<colon].hasSuffix("]")
        {
            guard port == url.port else { return false }
            name = name[..<colon]
        }
        if name.hasPrefix("*.") { name = name.dropFirst() }
        if name.hasPrefix(".") { name = name.dropFirst() }
        return !name.isEmpty && (url.host == name || url.host.hasSuffix("." + name))
    }

    private static func proxy(_ name: String, _ variables: HubVariables) throws(HubError) -> Proxy? {
        let upper = name.uppercased()
        guard let text = variables[name] ?? variables[upper] else { return nil }
        guard let proxy = Proxy(text) else {
            // It may carry a password.
            throw .invalidSetting(
                name: variables[name] == nil ? upper : name, value: nil,
                reason: "it takes http://[name:password@]host:port or socks5://host:port")
        }
        return proxy
    }
}

/// A proxy.
struct Proxy: Sendable, Hashable {
    enum Kind: Sendable { case http, socks }

    let kind: Kind
    let host: String
    let port: Int
    /// Name and password, if it asks for them.
    let user: String?
    let password: String?

    /// Takes `http://[name:password@]host[:port]`, `socks5://host[:port]` or `host:port`; nil for anything else.
    init?(_ text: String) {
        var rest = text[...]
        var kind = Kind.http
        if let mark = rest.firstRange(of: "://") {
            switch rest[..<mark.lowerBound].lowercased() {
            case "http": break
            case "socks5", "socks5h": kind = .socks
            default: return nil
            }
            rest = rest[mark.upperBound...]
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        var (user, password): (String?, String?) = (nil, nil)
        if let at = rest.lastIndex(of: "@") {
            guard kind == .http else { return nil }
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.unescaped(parts[0]) else { return nil }
            guard let word = parts.count == 2 ? Self.unescaped(parts[1]) : "" else { return nil }
            (user, password) = (name, word)
            rest = rest[rest.index(after: at)...]
        }
        guard let url = HubURL("http://" + rest), url.target == "/" else { return nil }
        let hasPort = rest.contains(":")
        (self.kind, host, port) = (kind, url.host, hasPort ? url.port : kind == .http ? 80 : 1_080)
        (self.user, self.password) = (user, password)
    }

    /// The text with each `%XX` replaced by its byte; nil when that gives no text.
    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Proxy: CustomStringConvertible, CustomReflectable {
    /// Host and port, without the password.
    var description: String { "\(kind) \(host):\(port)" }
    var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}
