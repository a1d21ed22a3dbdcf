/// What the server takes, and how long it waits.
///
/// `docs/server.md` lists them with their flags and the status of a request that goes beyond.
public struct ServerLimits: Sendable, Equatable {
    /// Bytes of a request's body; beyond it 413.
    public var bodyBytes = 1 << 20
    /// Bytes of a request line and its header fields together; beyond it 431.
    public var headerBytes = 16 << 10
    /// Texts of a request, pairs with candidate labels counted each; beyond it 413.
    public var inputs = 64
    /// Tokens of a text; beyond it 413, unless the request asks for truncation.
    public var tokens = 512
    /// Tokens of all texts of a request together; beyond it 413.
    public var requestTokens = 8192
    /// Answers for a mask or labels for a text; beyond it 422.
    public var topK = 1000
    /// Bytes that a reply may have, estimated from above before anything is computed; beyond it 413.
    public var replyBytes = 16 << 20
    /// Requests that a model holds at a time, waiting or in work; beyond it 429.
    public var queue = 128
    /// Tokens that go through a model together.
    public var batchTokens = 512
    /// Connections that are served at a time; beyond it 503.
    public var connections = 1024
    /// Seconds for the header of a connection's first request; beyond them 408.
    public var headerSeconds = 10.0
    /// Seconds for a body, from the end of its header; beyond them 408.
    public var bodySeconds = 30.0
    /// Seconds for a response to leave; beyond them the connection is cut.
    public var writeSeconds = 30.0
    /// Seconds that a connection may stand between a response and the next request's header; then it is closed.
    public var idleSeconds = 60.0
    /// Seconds from a request's body to its turn; beyond them 504.
    public var requestSeconds = 60.0
    /// Seconds for requests in work after a signal to stop; beyond them they are cut.
    public var shutdownSeconds = 30.0

    /// The defaults.
    public init() {}

    /// Levels of lists and objects in a request's JSON; beyond them 400.
    static let depth = 16
}
