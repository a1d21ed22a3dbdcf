import ErlangshenJSON

/// Why a redirect is not followed.
public enum RedirectFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// More redirects than any server needs.
    case tooMany(limit: Int)
    /// The answer is a redirect and does not say where to.
    case nowhere
    /// The place is no address on the web.
    case badAddress(String)
    /// From an encrypted connection to one that everybody can read.
    case downgrade(String)

    /// Where to, and why that is not followed.
    public var description: String {
        switch self {
        case .tooMany(let limit): "more than \(limit) times; check HF_ENDPOINT and the proxies"
        case .nowhere: "and does not say where to; check HF_ENDPOINT and the proxies"
        case .badAddress(let address): "to \(address.quoted(limit: 200)), which is no address of a file on the web"
        case .downgrade(let address): "to \(address.quoted(limit: 200)), which is not encrypted; that is not followed"
        }
    }
}
