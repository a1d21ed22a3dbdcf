import ErlangshenJSON
public import ErlangshenPipelines
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Models behind HTTP, with the routes and shapes of the hosted inference API.
///
///     let device = try Device.cpu()
///     let models = [ModelSource(name: "erlangshen", directory: "Erlangshen-DeBERTa-v2-97M-Chinese")]
///     let service = try InferenceService(ServiceConfiguration(models: models, device: device))
///     try await service.run { port in print("http://127.0.0.1:\(port)") }
public final class InferenceService: Sendable {
    private let configuration: ServiceConfiguration
    private let logger: Logger
    private let registry: ModelRegistry
    private let metrics: ServiceMetrics
    private let draining = Draining()
    private let socket = Mutex<ListeningSocket?>(nil)
    private let stopping: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation

    /// Takes a configuration; nothing is loaded or listened at yet.
    ///
    /// - Throws: ``ServerError/invalidName(_:)``, ``ServerError/nameTwice(_:)``, ``ServerError/invalidLimit(name:value:least:)``.
    public convenience init(
        _ configuration: ServiceConfiguration, logger: Logger = Logger(label: "erlangshen")
    ) throws(ServerError) {
        let metrics = ServiceMetrics(logger: logger)
        try self.init(
            configuration, logger: logger, metrics: metrics, registry: ModelRegistry(configuration, metrics: metrics))
    }

    /// Takes the parts; tests put models of their own behind the registry.
    init(
        _ configuration: ServiceConfiguration, logger: Logger, metrics: ServiceMetrics, registry: ModelRegistry
    ) throws(ServerError) {
        try configuration.check()
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        self.registry = registry
        (stopping, stopper) = AsyncStream.makeStream()
    }

    /// Listens, loads the models and serves until ``stop()``; requests in work are answered before it returns.
    ///
    /// - Parameter onListening: is told the port once connections are accepted; models may still be loading then.
    /// - Throws: ``ServerError/cannotListen(host:port:reason:)``, ``ServerError/cannotLoad(name:_:)``.
    public func run(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) async throws(ServerError) {
        var groupConfiguration = ServiceGroupConfiguration(
            services: [
                // They end in reverse: connections first.
                .init(service: LoadingService(registry: registry)),
                .init(
                    service: StopService(stopping: stopping), successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: application(onListening)),
            ],
            logger: quietLogger)
        // A second after the deadline, for its answers to leave.
        groupConfiguration.maximumGracefulShutdownDuration = .seconds(configuration.limits.shutdownSeconds + 1)
        do {
            try await ServiceGroup(configuration: groupConfiguration).run()
        } catch let error as ServerError {
            throw error
        } catch is CancellationError {
            logger.warning("requests were cut off at the deadline for stopping")
        } catch {
            throw .cannotListen(host: configuration.host, port: configuration.port, reason: "\(error)")
        }
    }

    /// Whether the server was told to stop.
    var isStopping: Bool { draining.isOn }

    /// Takes no new connections, answers what is in work, then lets ``run(onListening:)`` return.
    public func stop() {
        guard draining.begin() else { return }
        let (registry, seconds) = (registry, configuration.limits.shutdownSeconds)
        let (socket, stopper) = (socket.withLock(\.self), stopper)
        // Not tied to `run`: it may return before.
        Task {
            if let socket {
                await socket.deafen()
                try? await Task.sleep(for: .milliseconds(ListeningSocket.graceMilliseconds))
            }
            stopper.finish()
            try? await Task.sleep(for: .seconds(seconds))
            registry.cancelWaiting(.drainingDeadline)
        }
    }

    /// Loads every model anew from its folder; until it is there, the one before it answers.
    ///
    /// - Returns: what went wrong, by name; those models stay as they were.
    public func reload() async -> [String: PipelineError] { await registry.loadAll() }

    private func application(_ onListening: @escaping @Sendable (Int) async -> Void) -> any Service {
        let (limits, metrics) = (configuration.limits, metrics)
        let connections = ConnectionCount(limit: limits.connections)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { responder in
                ConnectionChannel(responder: responder, limits: limits, connections: connections, metrics: metrics)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "erlangshen",
                backlog: 1024),
            onServerRunning: { channel in
                self.socket.withLock { $0 = ListeningSocket(channel: channel) }
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: quietLogger)
    }

    private var responder: ServiceResponder {
        ServiceResponder(
            access: AccessCheck(configuration), registry: registry,
            desk: RequestDesk(registry: registry, limits: configuration.limits, metrics: metrics),
            page: configuration.page, metrics: metrics,
            info: [
                "version": .string(OpenAPIDocument.version), "device": .string(configuration.device.description),
                "limits": configuration.limits.json,
            ],
            draining: draining)
    }

    /// The frameworks' own lines tell of the inside, in other words than ours: warnings alone are passed on.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        return quiet
    }
}

/// Loads the models beside the listening, and ends the server when one of them cannot be loaded.
private struct LoadingService: Service {
    let registry: ModelRegistry

    func run() async throws {
        let failures = await registry.loadAll()
        if let (name, error) = failures.min(by: { $0.key < $1.key }) {
            throw ServerError.cannotLoad(name: name, error)
        }
        try? await gracefulShutdown()
    }
}

/// Returns when the server is told to stop.
private struct StopService: Service {
    let stopping: AsyncStream<Void>

    func run() async throws {
        for await _ in stopping.cancelOnGracefulShutdown() {}
    }
}
