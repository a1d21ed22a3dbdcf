/// A file of the page, held in memory.
public struct PageFile: Sendable, Equatable {
    /// The path it is served at, without the leading slash; `index.html` is also `/`.
    public let path: String
    /// The media type, such as `text/html; charset=utf-8`.
    public let contentType: String
    /// The contents.
    public let bytes: [UInt8]

    /// Gathers the parts.
    public init(path: String, contentType: String, bytes: [UInt8]) {
        self.path = path
        self.contentType = contentType
        self.bytes = bytes
    }

    /// What a page may load and do: nothing from elsewhere, no script or style in the text, no frames around it.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
