import AsyncHTTPClient
import ErlangshenJSON
import NIOCore

/// The head of an answer, and its body to come.
struct HubAnswer: Sendable {
    let response: HTTPClientResponse
    /// Where it came from in the end.
    let url: HubURL
    /// The commit of the file, as the hub says.
    let commit: String?
    /// The entity tag of the file, as the hub says.
    let hubTag: String?

    var status: Int { Int(response.status.code) }

    func header(_ name: String) -> String? { response.headers.first(name: name) }

    /// Seconds that the server asks to wait; nil when it does not ask, or names a date.
    var retryAfterSeconds: Int? { header("retry-after").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// - Throws: `transfer` when the body is packed.
    func requireIdentity() throws(HubError) {
        if let encoding = header("content-encoding"), encoding.lowercased() != "identity" {
            throw .transfer(url: url.description, .encoded(encoding))
        }
    }

    /// The whole body, which may be an answer of the interface alone.
    ///
    /// - Throws: `transfer`; `unexpectedAnswer` for more than `limit` bytes.
    func bytes(limit: Int) async throws(HubError) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = response.body.makeAsyncIterator()
        while let chunk = try await next(&iterator, received: bytes.count, expected: nil) {
            bytes += chunk.readableBytesView
            guard bytes.count <= limit else {
                throw .unexpectedAnswer(url: url.description, reason: "more than \(limit >> 20) MiB")
            }
        }
        return bytes
    }

    /// The next bytes of the body, nil at its end.
    func next(
        _ iterator: inout HTTPClientResponse.Body.AsyncIterator, received: Int, expected: Int?
    ) async throws(HubError) -> ByteBuffer? {
        do {
            return try await iterator.next()
        } catch {
            throw HubError(error, url: url, received: received, expected: expected)
        }
    }
}

extension HubTransport {
    private static let answerByteCount = 32 << 20

    /// Asks the hub's interface.
    ///
    /// - Throws: what `get` throws, `status`, `unexpectedAnswer` for what is no JSON, and the errors of `refusal`.
    func json(
        _ url: HubURL, refusal: (HubAnswer) -> HubError?
    ) async throws(HubError) -> (value: JSONValue, answer: HubAnswer) {
        let answer = try await get(url, headers: [("accept", "application/json")])
        guard answer.status == 200 else {
            throw refusal(answer)
                ?? .status(
                    url: answer.url.description, code: answer.status, retryAfterSeconds: answer.retryAfterSeconds)
        }
        try answer.requireIdentity()
        let bytes = try await answer.bytes(limit: Self.answerByteCount)
        do {
            return (try JSONValue.parse(bytes), answer)
        } catch {
            let isPage = answer.header("content-type")?.lowercased().hasPrefix("text/html") == true
            throw .unexpectedAnswer(
                url: answer.url.description, reason: isPage ? "a web page" : "what is no JSON (\(error))")
        }
    }
}
