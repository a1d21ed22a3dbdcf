import ErlangshenCompute
import ErlangshenJSON
import ErlangshenPipelines
import Foundation
import Logging
import Testing

@testable import ErlangshenServer

/// A server on a free port of the loopback, over the small checkpoints of the pipelines' tests.
struct ServerUnderTest: Sendable {
    let port: Int
    let service: InferenceService
    let metrics: ServiceMetrics
    let registry: ModelRegistry
    let log: LogLines

    /// Checkpoints that transformers made: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
    static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ErlangshenPipelinesTests/Goldens").path

    static let device = Result { try Device.cpu(threads: 1) }

    /// A mask, a classifier and a tagger; the first answers at `/`.
    static let models = ["masked-lm", "three-labels", "tags"]

    static let pipelines = Result {
        try Dictionary(
            uniqueKeysWithValues: models.map {
                ($0, try TaskPipelines(directory: "\(goldens)/\($0)", device: device.get()))
            })
    }

    /// Runs `body` against a server, then stops it and waits for its end.
    ///
    /// - Parameters:
    ///   - configure: changes the configuration.
    ///   - gate: what every batch has to pass before it is computed.
    ///   - loading: what every model has to pass before it is loaded; `body` does not wait for that.
    static func run(
        configure: (inout ServiceConfiguration) -> Void = { _ in }, gate: Gate? = nil,
        loading: Gate? = nil, _ body: @Sendable (ServerUnderTest) async throws -> Void
    ) async throws {
        var configuration = ServiceConfiguration(
            models: models.map { ModelSource(name: $0, directory: "\(goldens)/\($0)") }, device: try device.get())
        configuration.port = 0
        configure(&configuration)
        let log = LogLines()
        let logger = Logger(label: "test", factory: { _ in LineLogHandler(level: .debug) { log.append($0) } })
        let metrics = ServiceMetrics(logger: logger)
        let loaded = try pipelines.get()
        let limits = configuration.limits
        let registry = ModelRegistry(sources: configuration.models, metrics: metrics) {
            source throws(PipelineError) in
            loading?.pass()
            guard let pipelines = loaded[source.name] else { throw .taskNotServed(task: source.name) }
            let queue = ModelQueue(name: source.name, limits: limits, metrics: metrics) {
                questions throws(PipelineError) in
                gate?.pass()
                return try pipelines.answers(questions)
            }
            return ServedModel(name: source.name, pipelines: pipelines, queue: queue, loadSeconds: 0)
        }
        let service = try InferenceService(configuration, logger: logger, metrics: metrics, registry: registry)
        let (ports, sink) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { sink.finish() }
                try await service.run { sink.yield($0) }
            }
            var listening: Int?
            for await port in ports {
                listening = port
                break
            }
            let port = try #require(listening, "the server did not start")
            let server = ServerUnderTest(
                port: port, service: service, metrics: metrics, registry: registry, log: log)
            while loading == nil, !registry.unready.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            do {
                try await body(server)
            } catch {
                gate?.open()
                loading?.open()
                service.stop()
                throw error
            }
            gate?.open()
            loading?.open()
            service.stop()
            try await group.waitForAll()
        }
    }

    /// Sends a request through the client of the package.
    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, headers: [(String, String)] = [], key: String? = nil
    ) async throws -> HTTPReply {
        let address = try #require(ServerAddress("http://127.0.0.1:\(port)"))
        return try await InferenceConnection(address, apiKey: key, timeoutSeconds: 30).send(
            method, path, headers: headers, body: body.map { Array($0.serialized().utf8) })
    }

    /// Asks a model and expects an answer.
    func ask(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        let reply = try await send("POST", path, body)
        #expect(reply.status == 200, "\(String(decoding: reply.body, as: UTF8.self))")
        return try JSONValue.parse(reply.body)
    }

    /// Waits until something holds; the suite's own time limit ends what never does.
    func wait(until holds: () -> Bool) async throws {
        while !holds() { try await Task.sleep(for: .milliseconds(2)) }
    }
}

extension HTTPReply {
    /// The error, if the body has the one schema of errors and nothing else.
    var failure: JSONValue? {
        guard let json = try? JSONValue.parse(body), let object = json.objectValue,
            object["error"]?.stringValue?.isEmpty == false,
            let kind = object["error_type"]?.stringValue, RequestFailure.Kind(rawValue: kind) != nil,
            object.keys.allSatisfy({ ["error", "error_type", "field", "warnings", "estimated_time"].contains($0) }),
            self["content-type"] == "application/json; charset=utf-8"
        else { return nil }
        return json
    }
}
