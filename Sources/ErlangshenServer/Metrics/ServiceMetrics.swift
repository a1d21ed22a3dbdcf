import CoreMetrics
import ErlangshenPipelines
import HTTPTypes
import Logging
import Synchronization

/// What the server counts, through swift-metrics, and what it logs of it.
final class ServiceMetrics: Sendable {
    let registry = PrometheusRegistry()
    let logger: Logger
    private let inFlightCount = Atomic<Int>(0)
    private let started = ProcessFigures.clock()

    init(logger: Logger) { self.logger = logger }

    /// A request has come in; `answered` takes it out again.
    func began() { keep(.inFlight, Double(inFlightCount.add(1, ordering: .relaxed).newValue)) }

    /// A response is ready to leave.
    func answered(_ route: String, _ method: String, _ status: HTTPResponse.Status, seconds: Double) {
        keep(.inFlight, Double(inFlightCount.subtract(1, ordering: .relaxed).newValue))
        Counter(
            label: MetricFamily.requests.name,
            dimensions: [("method", method), ("route", route), ("status", String(status.code))], factory: registry
        ).increment()
        observe(.duration, seconds)
    }

    func failed(_ kind: RequestFailure.Kind) {
        Counter(
            label: MetricFamily.failures.name, dimensions: [("reason", kind.rawValue.lowercased())], factory: registry
        ).increment()
    }

    func computed(_ answer: AnsweredRequest, tokens: Int) {
        observe(.queueDuration, answer.queueSeconds)
        observe(.inferenceDuration, answer.inferenceSeconds)
        observe(.inputTokens, Double(tokens))
    }

    func batch(requests: Int, tokens: Int) {
        observe(.batchRequests, Double(requests))
        observe(.batchTokens, Double(tokens))
    }

    func queued(_ count: Int, model: String) { keep(.queued, Double(count), [("model", model)]) }

    func connections(_ count: Int) { keep(.connections, Double(count)) }

    func loaded(_ model: ServedModel) {
        let dimensions = [("model", model.name)]
        Counter(label: MetricFamily.modelLoads.name, dimensions: dimensions, factory: registry).increment()
        keep(.modelLoadSeconds, model.loadSeconds, dimensions)
        keep(.modelReady, 1, dimensions)
        logger.info("model is ready", metadata: ["model": "\(model.name)", "seconds": "\(model.loadSeconds)"])
    }

    /// A fault of the model: its text names tensors and files, never the user's words.
    func log(_ error: PipelineError) {
        guard RequestFailure(error).kind == .backend else { return }
        logger.error("the model failed", metadata: ["reason": "\(error)"])
    }

    /// The text for Prometheus, with the figures of the process as they are now.
    var text: String {
        keep(.startTime, started)
        keep(.processorSeconds, ProcessFigures.processorSeconds())
        if let bytes = ProcessFigures.residentBytes() { keep(.residentMemory, Double(bytes)) }
        if let count = ProcessFigures.openFiles() { keep(.openFiles, Double(count)) }
        return registry.text
    }

    private func keep(_ family: MetricFamily, _ value: Double, _ dimensions: [(String, String)] = []) {
        Meter(label: family.name, dimensions: dimensions, factory: registry).set(value)
    }

    private func observe(_ family: MetricFamily, _ value: Double) {
        Recorder(label: family.name, dimensions: [], aggregate: true, factory: registry).record(value)
    }
}
