import ErlangshenJSON
import Hummingbird
import Logging
import NIOCore

/// Answers every request: finds the resource, lets in who may, counts, logs, and gives each failure its one form.
struct ServiceResponder: HTTPResponder {
    let access: AccessCheck
    let registry: ModelRegistry
    let desk: RequestDesk
    let page: [PageFile]
    let metrics: ServiceMetrics
    let info: JSONValue
    let draining: Draining

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        metrics.began()
        let resource = Resource(path: Self.path(of: request.head), pageFiles: page)
        var response: Response
        do {
            response = try await answer(request, resource)
        } catch let failure as RequestFailure {
            metrics.failed(failure.kind)
            response = JSONBody.response(failure)
        } catch {
            // The connection failed while the body came in: there is nobody to answer, or somebody answers already.
            finish(request, resource, .init(code: 499), start)
            throw error
        }
        for field in access.corsHeaders(request.head, methods: resource?.methods ?? []) {
            response.headers.append(field)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        if draining.isOn || request.headers[.connection] == "close" { response.headers[.connection] = "close" }
        if request.method == .head { response = response.createHeadResponse() }
        finish(request, resource, response.status, start)
        return response
    }

    /// The path, without its query; a request to a proxy in absolute form has none that we know.
    private static func path(of head: HTTPRequest) -> String {
        String((head.path ?? "/").prefix { $0 != "?" && $0 != "#" })
    }

    private func finish(
        _ request: Request, _ resource: Resource?, _ status: HTTPResponse.Status, _ start: ContinuousClock.Instant
    ) {
        let seconds = (ContinuousClock.now - start).inSeconds
        let route = resource?.template ?? "unknown"
        // Methods are the client's to invent; labels are ours.
        let isKnown = [HTTPRequest.Method.get, .head, .post, .put, .delete, .options, .patch].contains(request.method)
        let method = isKnown ? request.method.rawValue : "other"
        metrics.answered(route, method, status, seconds: seconds)
        metrics.logger.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(route)", "status": "\(status.code)",
                "ms": "\((seconds * 10_000).rounded() / 10)",
            ])
    }

    private func answer(_ request: Request, _ resource: Resource?) async throws -> Response {
        try access.check(request.head, resource)
        guard let resource else {
            throw RequestFailure(
                .notFound, .notFound, "there is nothing here; /info and /openapi.json say what there is")
        }
        if access.isPreflight(request.head) { return Response(status: .noContent) }
        guard resource.methods.contains(request.method) else {
            var failure = RequestFailure(
                .methodNotAllowed, .methodNotAllowed,
                "this method does not work here; the field Allow names those that do")
            failure.allowed = resource.methods
            throw failure
        }
        if request.method == .post { return try await infer(request, resource) }
        return try read(resource)
    }

    private func infer(_ request: Request, _ resource: Resource) async throws -> Response {
        switch resource {
        case .pipeline(let task): try await desk.answer(request, model: nil, task: task)
        case .model(let name): try await desk.answer(request, model: name, task: nil)
        case .modelPipeline(let name, let task): try await desk.answer(request, model: name, task: task)
        default: try await desk.answer(request, model: nil, task: nil)
        }
    }

    private func read(_ resource: Resource) throws(RequestFailure) -> Response {
        switch resource {
        case .root: return page.first { $0.path == "index.html" }.map(Self.response) ?? JSONBody.response(infoNow)
        case .page(let path):
            guard let file = page.first(where: { $0.path == path }) else { break }
            return Self.response(file)
        case .health: return try health()
        case .info: return JSONBody.response(infoNow)
        case .metrics: return JSONBody.response(metrics.text, contentType: PrometheusRegistry.contentType)
        case .openAPI: return JSONBody.response(OpenAPIDocument.text)
        case .model(let name): return JSONBody.response(try registry.model(name).json)
        case .pipeline, .modelPipeline: break
        }
        throw RequestFailure(.notFound, .notFound, "there is nothing here")
    }

    private var infoNow: JSONValue {
        guard let object = info.objectValue else { return info }
        return .object(JSONObject(object.map { (key: $0.0, value: $0.1) } + [(key: "models", value: registry.json)]))
    }

    private func health() throws(RequestFailure) -> Response {
        if draining.isOn { throw .drainingDeadline }
        let unready = registry.unready
        guard unready.isEmpty else {
            var failure = RequestFailure(
                .serviceUnavailable, .loading, "not ready yet: \(unready.joined(separator: ", "))")
            failure.retryAfterSeconds = 1
            throw failure
        }
        return JSONBody.response(["status": "ok"])
    }

    private static func response(_ file: PageFile) -> Response {
        JSONBody.response(
            ByteBuffer(bytes: file.bytes),
            headers: [
                .contentSecurityPolicy: PageFile.contentSecurityPolicy, .frameOptions: "DENY",
                .referrerPolicy: "no-referrer", .cacheControl: "no-cache",
            ], contentType: file.contentType)
    }
}
