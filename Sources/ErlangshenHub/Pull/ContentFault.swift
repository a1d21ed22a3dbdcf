import ErlangshenJSON

/// How a file differs from what the hub announced.
public enum ContentFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes have another sum.
    case wrongHash(expected: String, found: String)
    /// More bytes came than the file has.
    case tooLong(expected: Int)
    /// The server names another file than the listing of the same commit.
    case otherFile(expected: String, found: String)
    /// The server answers for another commit.
    case otherCommit(expected: String, found: String)
    /// A page for people came in place of the file.
    case webPage

    /// The difference, and what to do next.
    public var description: String {
        switch self {
        case .wrongHash(let expected, let found):
            "came with the sum \(found) in place of \(expected), twice; it was thrown away. Check the proxies, or "
                + "another HF_ENDPOINT"
        case .tooLong(let expected): "came with more than its \(expected) bytes; it was thrown away. Check the proxies"
        case .otherFile(let expected, let found):
            "is \(found.quoted(limit: 80)) to the server that sends it and \(expected) in the listing; try again later"
        case .otherCommit(let expected, let found):
            "was asked for at commit \(expected) and comes from \(found.quoted(limit: 80)); try again later"
        case .webPage:
            "came as a web page, as from the sign-in page of a network; open a page in a browser, or check the proxies"
        }
    }
}
