import Hummingbird
import NIOCore

extension RequestDesk {
    /// Reads a body up to the limit; an error of the connection goes up as it is.
    static func body(_ request: Request, limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw RequestFailure.body(limit: limit)
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw RequestFailure.body(limit: limit) }
            bytes += part.readableBytesView
        }
        return bytes
    }

    /// Whether the body is plain text; else it is JSON, also where the client names no type or curl's usual one.
    static func isPlainText(_ headers: HTTPFields) throws(RequestFailure) -> Bool {
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw RequestFailure(
                .unsupportedMediaType, .mediaType, "compressed bodies are not taken", field: "Content-Encoding")
        }
        guard let field = headers[.contentType] else { return false }
        let type = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        switch type {
        case "application/json", "application/x-www-form-urlencoded": return false
        case "text/plain": return true
        default:
            throw RequestFailure(
                .unsupportedMediaType, .mediaType, "the body must be application/json or text/plain",
                field: "Content-Type")
        }
    }
}
