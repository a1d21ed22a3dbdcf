import ErlangshenJSON
import Hummingbird
import NIOCore

/// JSON as a response carries it.
enum JSONBody {
    static let contentType = "application/json; charset=utf-8"

    static func response(
        _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], contentType: String = contentType
    ) -> Response {
        response(ByteBuffer(string: text), status: status, headers: headers, contentType: contentType)
    }

    static func response(
        _ bytes: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        contentType: String = contentType
    ) -> Response {
        var headers = headers
        headers[.contentType] = contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    static func response(_ json: JSONValue, pretty: Bool = false) -> Response {
        response(json.serialized(pretty: pretty) + (pretty ? "\n" : ""))
    }

    static func response(_ failure: RequestFailure) -> Response {
        response(failure.json.serialized(), status: failure.status, headers: failure.headers)
    }
}
