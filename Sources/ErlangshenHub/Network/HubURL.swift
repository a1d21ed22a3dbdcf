/// An address on the web, as far as fetching files needs it.
struct HubURL: Sendable, Hashable, CustomStringConvertible {
    /// `https`, or `http`.
    let isSecure: Bool
    /// In small letters; an IPv6 address keeps its brackets.
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    private static let maximumByteCount = 8_192

    /// Reads an absolute address; nil for other schemes, a name or a password in it, and what is no address.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumByteCount, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.utf8.contains(0x5C)
        else { return nil }
        let lowered = text.prefix(8).lowercased()
        let isSecure = lowered.hasPrefix("https://")
        guard isSecure || lowered.hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(isSecure ? 8 : 7)
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
        let target = String(rest[end...])
        self.init(
            isSecure: isSecure, host: host, port: port ?? (isSecure ? 443 : 80),
            target: target.hasPrefix("/") ? target : "/" + target)
    }

    private init(isSecure: Bool, host: String, port: Int, target: String) {
        (self.isSecure, self.host, self.port, self.target) = (isSecure, host, port, target)
    }

    /// The whole address.
    var text: String { origin + target }

    /// Scheme, host and port.
    var origin: String {
        let isUsual = port == (isSecure ? 443 : 80)
        return (isSecure ? "https://" : "http://") + host + (isUsual ? "" : ":\(port)")
    }

    /// The address without its query, which may hold a signature that lets anybody read the file.
    var description: String { origin + (target.firstIndex(of: "?").map { String(target[..<$0]) } ?? target) }

    /// Whether a token for one is meant for the other.
    func hasOrigin(of other: HubURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    /// The address of a path below this one; the path is escaped by the caller.
    func appending(_ path: String) -> HubURL {
        let base = target.hasSuffix("/") ? String(target.dropLast()) : target
        return HubURL(isSecure: isSecure, host: host, port: port, target: base + "/" + path)
    }

    /// The address that a reference found here means: absolute, `//host/path`, `/path`, `?query` or relative.
    func resolving(_ reference: String) -> HubURL? {
        if reference.hasPrefix("//") { return HubURL((isSecure ? "https:" : "http:") + reference) }
        if reference.hasPrefix("/") { return HubURL(origin + reference) }
        let path = target.firstIndex(of: "?").map { target[..<$0] } ?? target[...]
        if reference.hasPrefix("?") { return HubURL(origin + path + reference) }
        let colon = reference.firstIndex(of: ":")
        if let colon, !reference[..<colon].contains(where: { $0 == "/" || $0 == "?" || $0 == "#" }) {
            return HubURL(reference)
        }
        return HubURL(origin + path[...(path.lastIndex(of: "/") ?? path.startIndex)] + reference)
    }

    /// Host and port, nil for names with other characters than a host has.
    private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var port: Int?
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            (host, port) = (text[..<colon], number)
        }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        let inner = isAddress ? host.dropFirst().dropLast() : host
        let isHost = inner.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            case 0x3A: isAddress
            default: false
            }
        }
        guard !inner.isEmpty, isHost else { return nil }
        return (host.lowercased(), port)
    }
}
