import ErlangshenJSON

/// How a connection failed.
public enum TransferFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no way to the host; the reason is the system's.
    case noConnection(reason: String)
    /// The host proves who it is with a certificate that nobody here trusts, or not at all.
    case notTrusted(reason: String)
    /// Nothing came for as long as one waits.
    case timedOut
    /// The connection ended in the middle.
    case closed(received: Int, expected: Int?)
    /// What came is not HTTP.
    case notHTTP(reason: String)
    /// A part was asked for and another one came.
    case wrongRange(asked: Int, answered: String)
    /// The rest of the file was asked for, and the server says that there is none.
    case rangeRefused(offset: Int)
    /// The length announced is not that of the file.
    case wrongLength(announced: Int, expected: Int)
    /// The body is packed, though it was asked for as it is.
    case encoded(String)

    /// What happened, and what to do next.
    public var description: String {
        switch self {
        case .noConnection(let reason):
            "no connection (\(reason.quoted(limit: 200))); check the network, HTTPS_PROXY and HF_ENDPOINT"
        case .notTrusted(let reason):
            "the server's certificate is not accepted (\(reason.quoted(limit: 200))); check the clock and the "
                + "proxies, or set SSL_CERT_FILE to the certificates to trust"
        case .timedOut: "nothing came in time; try again, or set HF_HUB_DOWNLOAD_TIMEOUT to more seconds"
        case .closed(let received, let expected):
            "the connection ended after \(received) \(expected.map { "of \($0) " } ?? "")bytes; try again, and it "
                + "goes on from there"
        case .notHTTP(let reason): "the answer is not HTTP (\(reason.quoted(limit: 200))); check the proxies"
        case .wrongRange(let asked, let answered):
            "bytes from \(asked) on were asked for and \(answered.quoted(limit: 80)) came; try again"
        case .rangeRefused(let offset): "the server has no bytes from \(offset) on; try again"
        case .wrongLength(let announced, let expected):
            "\(announced) bytes are announced where \(expected) are to come; try again later"
        case .encoded(let name): "the file comes packed as \(name.quoted(limit: 40)); check the proxies"
        }
    }

    /// Whether the same request may succeed in a while.
    var isTransient: Bool {
        switch self {
        case .notTrusted, .encoded: false
        default: true
        }
    }
}
