import Dispatch
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenPipelines
import Synchronization

/// The models by name: loading, ready, or failed; loaded and swapped while requests come in.
final class ModelRegistry: Sendable {
    enum Slot: Sendable {
        case loading
        case ready(ServedModel)
        case failed(PipelineError)
    }

    /// Makes a model of a folder; blocks.
    typealias Loader = @Sendable (ModelSource) throws(PipelineError) -> ServedModel

    let sources: [ModelSource]
    private let loader: Loader
    private let metrics: ServiceMetrics
    private let slots: Mutex<[String: Slot]>
    private let begin = ContinuousClock.now
    /// Models are loaded one after the other: each takes all cores and its weights' memory.
    private let thread = DispatchQueue(label: "erlangshen.loading")

    init(sources: [ModelSource], metrics: ServiceMetrics, loader: @escaping Loader) {
        self.sources = sources
        self.metrics = metrics
        self.loader = loader
        slots = Mutex(Dictionary(sources.map { ($0.name, .loading) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Loads every model, or loads it again; until it is there, the one before it answers.
    ///
    /// - Returns: the errors by name; a model that failed to load again stays as it was.
    func loadAll() async -> [String: PipelineError] {
        await withCheckedContinuation { continuation in
            thread.async {
                var failures: [String: PipelineError] = [:]
                for source in self.sources {
                    if let error = self.load(source) { failures[source.name] = error }
                }
                continuation.resume(returning: failures)
            }
        }
    }

    private func load(_ source: ModelSource) -> PipelineError? {
        do {
            let model = try loader(source)
            slots.withLock { $0[source.name] = .ready(model) }
            metrics.loaded(model)
            return nil
        } catch {
            slots.withLock { slots in
                if case .ready = slots[source.name] { return }
                slots[source.name] = .failed(error)
            }
            return error
        }
    }

    /// The model of a name; without one the first.
    ///
    /// - Throws: 404 for an unknown name, 503 while it loads or when it could not be loaded.
    func model(_ name: String?) throws(RequestFailure) -> ServedModel {
        let name = name ?? sources.first?.name ?? ""
        switch slots.withLock({ $0[name] }) {
        case .ready(let model): return model
        case .loading:
            throw loading("Model \(name) is currently loading")
        case .failed:
            throw RequestFailure(
                .serviceUnavailable, .backend, "Model \(name) could not be loaded; the server's log says why")
        case nil: throw RequestFailure(.notFound, .notFound, "Model \(Self.shown(name)) does not exist")
        }
    }

    /// 503 with the time that loading will probably still take: as long as it has taken until now, a second at least.
    ///
    /// Nothing is known of the disk and the models beforehand; on this guess a client asks at most twice a doubling.
    func loading(_ message: String) -> RequestFailure {
        let seconds = max(1, (ContinuousClock.now - begin).inSeconds)
        var failure = RequestFailure(.serviceUnavailable, .loading, message)
        failure.estimatedSeconds = (10 * seconds).rounded() / 10
        failure.retryAfterSeconds = Int(min(60, seconds.rounded(.up)))
        return failure
    }

    /// Sends everyone away who waits at a model.
    func cancelWaiting(_ failure: RequestFailure) {
        for case .ready(let model) in slots.withLock({ Array($0.values) }) { model.queue.cancelAll(failure) }
    }

    /// Names of models that are not ready.
    var unready: [String] {
        let slots = slots.withLock(\.self)
        return sources.map(\.name).filter { name in
            if case .ready = slots[name] { false } else { true }
        }
    }

    /// What `/info` says of all models.
    var json: JSONValue {
        let slots = slots.withLock(\.self)
        return .array(
            sources.map { source in
                switch slots[source.name] {
                case .ready(let model): model.json
                case .failed: ["id": .string(source.name), "state": "failed"]
                case .loading, nil: ["id": .string(source.name), "state": "loading"]
                }
            })
    }

    /// A name from a path, cut short: error bodies are no echo for anything of any length.
    private static func shown(_ name: String) -> String { name.count > 100 ? name.prefix(100) + "…" : name }
}

extension ModelRegistry {
    /// Loads models from folders, each with a queue of its own.
    convenience init(_ configuration: ServiceConfiguration, metrics: ServiceMetrics) {
        let (device, limits) = (configuration.device, configuration.limits)
        self.init(sources: configuration.models, metrics: metrics) { source throws(PipelineError) in
            let start = ContinuousClock.now
            let pipelines = try TaskPipelines(
                directory: source.directory, device: device, precision: source.precision)
            let queue = ModelQueue(name: source.name, limits: limits, metrics: metrics) {
                questions throws(PipelineError) in try pipelines.answers(questions)
            }
            return ServedModel(
                name: source.name, pipelines: pipelines, queue: queue,
                loadSeconds: (ContinuousClock.now - start).inSeconds)
        }
    }
}
