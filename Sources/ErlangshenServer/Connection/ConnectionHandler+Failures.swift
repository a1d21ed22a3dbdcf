import NIOHTTP1

extension ConnectionHandler {
    /// What an error of the decoder or the codec means to the client.
    static func failure(for error: any Error, headerBytes: Int) -> RequestFailure {
        var failure: RequestFailure
        if let error = error as? HTTPParserError, error == .headerOverflow {
            failure = RequestFailure(
                .requestHeaderFieldsTooLarge, .tooLarge,
                "the request line and its header fields are longer than \(headerBytes) bytes or more than 100")
        } else {
            failure = .malformed("this is not a request in HTTP/1.1")
        }
        failure.closesConnection = true
        return failure
    }

    static func slow(_ part: String, _ seconds: Double) -> RequestFailure {
        var failure = RequestFailure(
            .requestTimeout, .timeout, "the request's \(part) took longer than \(seconds) seconds")
        failure.closesConnection = true
        return failure
    }

    /// Every connection is taken, and this one had sent no whole request.
    static let neededElsewhere: RequestFailure = {
        var failure = RequestFailure(
            .serviceUnavailable, .overloaded, "the connection was needed for others before a whole request had come")
        failure.retryAfterSeconds = 1
        failure.closesConnection = true
        return failure
    }()

    static func tooManyConnections(_ limit: Int) -> RequestFailure {
        var failure = RequestFailure(
            .serviceUnavailable, .overloaded, "the server serves \(limit) connections and all are taken")
        failure.retryAfterSeconds = 1
        failure.closesConnection = true
        return failure
    }
}
