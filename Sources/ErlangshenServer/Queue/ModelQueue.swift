import Dispatch
import ErlangshenPipelines
import Synchronization

/// The queue before a model: bounded, first come first served, emptied in batches by one thread of its own.
///
/// While a batch is computed the next one gathers, so batches are as large as the load makes them and nobody waits for
/// company. Computing blocks, so it happens on a thread of Dispatch, which neither connections nor tasks run on.
final class ModelQueue: Sendable {
    typealias Compute = @Sendable ([TaskQuestion]) throws(PipelineError) -> [TaskAnswer]

    private let name: String
    private let limits: ServerLimits
    private let metrics: ServiceMetrics
    private let compute: Compute
    private let thread: DispatchQueue
    private let state = Mutex(QueueState())

    init(name: String, limits: ServerLimits, metrics: ServiceMetrics, compute: @escaping Compute) {
        self.name = name
        self.limits = limits
        self.metrics = metrics
        self.compute = compute
        thread = DispatchQueue(label: "erlangshen.model.\(name)")
    }

    /// Requests that wait for their turn.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Counts a request in, from the moment its body is there; `release` counts it out.
    ///
    /// - Throws: 429 with the time after which it may be worth another try.
    func admit() throws(RequestFailure) {
        let wait = state.withLock { $0.admit(limit: limits.queue) ? nil : $0.retryAfterSeconds }
        if let wait { throw full(wait) }
    }

    /// Refuses as `admit` would at this moment, and counts nobody in.
    func checkRoom() throws(RequestFailure) {
        let wait = state.withLock { $0.admitted < limits.queue ? nil : $0.retryAfterSeconds }
        if let wait { throw full(wait) }
    }

    private func full(_ wait: Int) -> RequestFailure {
        var failure = RequestFailure(
            .tooManyRequests, .overloaded, "the model holds \(limits.queue) requests and takes no more for now")
        failure.retryAfterSeconds = wait
        return failure
    }

    /// Counts a request out.
    func release() { state.withLock { $0.release() } }

    /// Waits for the turn of a question and for its answer.
    ///
    /// A client that goes meanwhile takes its request out of the queue, unless it is in work already.
    func answer(_ question: TaskQuestion, watch: ConnectionWatch?) async throws(RequestFailure) -> AnsweredRequest {
        let id = state.withLock { $0.makeId() }
        var call = 0
        defer { watch?.remove(call) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                append(
                    QueuedRequest(
                        id: id, question: question, tokenCount: question.tokenCount, arrival: .now,
                        continuation: continuation))
                call = watch?.onGone { self.cancel(id, .dropped) } ?? 0
                if Task.isCancelled { cancel(id, .drainingDeadline) }
            }
        } onCancel: {
            cancel(id, .drainingDeadline)
        }
        return try result.get()
    }

    /// Sends everyone away who waits.
    func cancelAll(_ failure: RequestFailure) {
        let requests = state.withLock { $0.removeAll() }
        metrics.queued(0, model: name)
        for request in requests { request.continuation.resume(returning: .failure(failure)) }
    }

    private func append(_ request: QueuedRequest) {
        let (starts, count) = state.withLock { ($0.append(request), $0.waiting.count) }
        metrics.queued(count, model: name)
        if starts { thread.async { self.work() } }
    }

    private func cancel(_ id: Int, _ failure: RequestFailure) {
        let (request, count) = state.withLock { ($0.remove(id), $0.waiting.count) }
        guard let request else { return }
        metrics.queued(count, model: name)
        request.continuation.resume(returning: .failure(failure))
    }

    /// Answers batch after batch until nobody waits.
    private func work() {
        while true {
            let (batch, count) = state.withLock { ($0.takeBatch(tokens: limits.batchTokens), $0.waiting.count) }
            metrics.queued(count, model: name)
            if batch.isEmpty { return }
            let deadline = ContinuousClock.now - .seconds(limits.requestSeconds)
            for request in batch where request.arrival <= deadline {
                request.continuation.resume(returning: .failure(.late(limits.requestSeconds)))
            }
            let inTime = batch.filter { $0.arrival > deadline }
            if !inTime.isEmpty { answer(inTime) }
        }
    }

    private func answer(_ batch: [QueuedRequest]) {
        let start = ContinuousClock.now
        let results = results(batch.map(\.question))
        let seconds = (ContinuousClock.now - start).inSeconds
        let tokens = batch.reduce(0) { $0 + $1.tokenCount }
        state.withLock { $0.note(tokens: tokens, seconds: seconds) }
        metrics.batch(requests: batch.count, tokens: tokens)
        for (request, result) in zip(batch, results) {
            request.continuation.resume(
                returning: result.map {
                    AnsweredRequest(
                        answer: $0, queueSeconds: (start - request.arrival).inSeconds, inferenceSeconds: seconds)
                }.mapError { error in
                    metrics.log(error)
                    return RequestFailure(error)
                })
        }
    }

    /// The answers of a batch; when it fails, of each question alone, so that one request's fault stays its own.
    func results(_ questions: [TaskQuestion]) -> [Result<TaskAnswer, PipelineError>] {
        do {
            return try compute(questions).map { .success($0) }
        } catch {
            guard questions.count > 1 else { return [.failure(error)] }
            return questions.flatMap { results([$0]) }
        }
    }
}

extension RequestFailure {
    fileprivate static func late(_ seconds: Double) -> RequestFailure {
        var failure = RequestFailure(
            .gatewayTimeout, .timeout, "no turn came within \(seconds) seconds; try again when the load is less")
        failure.retryAfterSeconds = 1
        return failure
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
