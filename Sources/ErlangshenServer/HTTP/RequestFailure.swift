import ErlangshenJSON
import HTTPTypes

/// Why a request is refused: the one schema of every error that leaves the server.
struct RequestFailure: Error, Equatable {
    /// The kinds of failure, as clients and metrics see them.
    enum Kind: String, CaseIterable {
        case malformed = "Malformed"
        case validation = "Validation"
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case methodNotAllowed = "MethodNotAllowed"
        case tooLarge = "TooLarge"
        case mediaType = "MediaType"
        case timeout = "Timeout"
        case overloaded = "Overloaded"
        case loading = "Loading"
        case draining = "Draining"
        case backend = "Backend"
        case dropped = "Dropped"
    }

    let status: HTTPResponse.Status
    let kind: Kind
    let message: String
    /// The place in the request, such as `parameters.top_k`.
    var field: String?
    var warnings: [String] = []
    var retryAfterSeconds: Int?
    /// Seconds until a model that loads will probably answer, under the name that the hosted API gives it.
    var estimatedSeconds: Double?
    var allowed: [HTTPRequest.Method] = []
    /// Whether the connection is of no use afterwards.
    var closesConnection = false

    init(_ status: HTTPResponse.Status, _ kind: Kind, _ message: String, field: String? = nil) {
        self.status = status
        self.kind = kind
        self.message = message
        self.field = field
    }

    /// `{"error", "error_type", "field"?, "warnings"?, "estimated_time"?}`.
    var json: JSONValue {
        var pairs: [(key: String, value: JSONValue)] = [
            ("error", .string(message)), ("error_type", .string(kind.rawValue)),
        ]
        if let field { pairs.append(("field", .string(field))) }
        if !warnings.isEmpty { pairs.append(("warnings", .array(warnings.map { .string($0) }))) }
        if let estimatedSeconds { pairs.append(("estimated_time", .double(estimatedSeconds))) }
        return .object(JSONObject(pairs))
    }

    /// The fields that go with the status.
    var headers: HTTPFields {
        var headers = HTTPFields()
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if !allowed.isEmpty { headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ") }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if closesConnection { headers[.connection] = "close" }
        return headers
    }
}

extension RequestFailure {
    static func validation(_ message: String, field: String? = nil) -> RequestFailure {
        RequestFailure(.unprocessableContent, .validation, message, field: field)
    }

    static func malformed(_ message: String) -> RequestFailure { RequestFailure(.badRequest, .malformed, message) }

    static func tooLarge(_ message: String, field: String? = nil) -> RequestFailure {
        RequestFailure(.contentTooLarge, .tooLarge, message, field: field)
    }

    /// The body is longer than it may be; the rest of it is not read.
    static func body(limit: Int) -> RequestFailure {
        var failure = tooLarge("the body is longer than \(limit) bytes; send fewer or shorter texts")
        failure.closesConnection = true
        return failure
    }

    static let dropped = RequestFailure(.init(code: 499), .dropped, "the client has gone")

    static let drainingDeadline: RequestFailure = {
        var failure = RequestFailure(
            .serviceUnavailable, .draining, "the server is stopping; send the request again, to its successor")
        failure.retryAfterSeconds = 1
        failure.closesConnection = true
        return failure
    }()
}
