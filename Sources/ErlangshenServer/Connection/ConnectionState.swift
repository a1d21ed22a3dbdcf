/// What a connection is in the middle of, as its event loop sees it.
struct ConnectionState {
    /// What the end of a response asks for.
    enum Next: Equatable {
        case awaitRequest, goOn, close
    }

    /// Requests whose head was read and whose response has not been written.
    private(set) var openRequests = 0
    /// Whether a request's body is still coming in.
    private(set) var isReading = false
    /// Whether a response has begun and not ended.
    private(set) var isResponding = false
    /// Whether the connection closes after the responses that are owed.
    private(set) var isLast = false
    /// Whether a request was read before.
    private(set) var hasServed = false

    /// Whether nothing is owed and nothing is coming in.
    var isIdle: Bool { openRequests == 0 && !isReading }

    mutating func readHead() {
        openRequests += 1
        isReading = true
        hasServed = true
    }

    mutating func readEnd() { isReading = false }

    mutating func writeHead(closes: Bool) {
        isResponding = true
        if closes { isLast = true }
    }

    mutating func writeEnd() -> Next {
        openRequests = max(0, openRequests - 1)
        isResponding = false
        if isLast { return .close }
        return isIdle ? .awaitRequest : .goOn
    }

    /// The next response is the last.
    mutating func quiesce() { isLast = true }
}
