import ErlangshenJSON
import ErlangshenPipelines
import Hummingbird
import NIOCore
import NIOPosix

/// Takes a request for a model from its body to its reply.
struct RequestDesk: Sendable {
    let registry: ModelRegistry
    let limits: ServerLimits
    let metrics: ServiceMetrics

    /// Answers `POST` to a model.
    func answer(_ request: Request, model name: String?, task taskName: String?) async throws -> Response {
        let start = ContinuousClock.now
        let task = try task(taskName)
        let isPlainText = try Self.isPlainText(request.headers)
        // Under overload a request is refused before its body takes any memory.
        if case .success(let model) = result({ () throws(RequestFailure) in try registry.model(name) }) {
            try model.queue.checkRoom()
        }
        let bytes = try await Self.body(request, limit: limits.bodyBytes)
        let body = try await work { () throws(RequestFailure) in
            try InferenceBody(bytes, isPlainText: isPlainText)
        }
        let model = try await model(
            name, waits: body.waitsForModel || request.headers[.waitForModel]?.lowercased() == "true")
        try model.queue.admit()
        defer { model.queue.release() }
        let asked = task ?? (body.namesCandidates ? .zeroShotClassification : model.mainTask)
        let reading = try await work { () throws(RequestFailure) in
            try QuestionReader(pipelines: model.pipelines, limits: limits).read(body, for: asked)
        }
        let answered = try await model.queue.answer(reading.question, watch: ConnectionWatch.current)
        metrics.computed(answered, tokens: reading.question.tokenCount)
        let reply = try await work { () throws(RequestFailure) in
            ByteBuffer(string: answered.answer.reply(isList: reading.isList).serialized())
        }
        return JSONBody.response(reply, headers: Self.headers(answered, reading.question, start))
    }

    /// The model of a name; a client that is ready to wait gets it when it is loaded.
    private func model(_ name: String?, waits: Bool) async throws -> ServedModel {
        let deadline = ContinuousClock.now + .seconds(limits.requestSeconds)
        while true {
            do {
                return try registry.model(name)
            } catch {
                guard waits, error.kind == .loading, ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func task(_ name: String?) throws(RequestFailure) -> PipelineTask? {
        guard let name else { return nil }
        guard let task = PipelineTask(rawValue: name) else {
            let tasks = PipelineTask.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFailure(.notFound, .notFound, "there is no such task; there are \(tasks)")
        }
        return task
    }

    /// Parsing, tokenizing and writing take the processor's time: they run beside the threads that serve connections.
    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws(RequestFailure) -> Value
    ) async throws(RequestFailure) -> Value {
        let done: Result<Value, RequestFailure>
        do {
            done = try await NIOThreadPool.singleton.runIfActive { result(body) }
        } catch {
            throw .drainingDeadline
        }
        return try done.get()
    }

    /// What the reply says beside its body: times in milliseconds, tokens, and remarks.
    private static func headers(
        _ answered: AnsweredRequest, _ question: TaskQuestion, _ start: ContinuousClock.Instant
    ) -> HTTPFields {
        let total = (ContinuousClock.now - start).inSeconds
        var headers: HTTPFields = [
            .computeType: "cpu", .computeTime: rounded(answered.inferenceSeconds, 4),
            .computeTokens: String(question.tokenCount), .totalTime: rounded(1000 * total, 1),
            .queueTime: rounded(1000 * answered.queueSeconds, 1),
            .inferenceTime: rounded(1000 * answered.inferenceSeconds, 1),
        ]
        let remarks = answered.answer.remarks
        if !remarks.isEmpty { headers[.remarks] = remarks.joined(separator: ", ") }
        return headers
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return String((value * scale).rounded() / scale)
    }
}

/// Runs a step and keeps its typed error beside its value.
private func result<Value>(_ body: () throws(RequestFailure) -> Value) -> Result<Value, RequestFailure> {
    do {
        return .success(try body())
    } catch {
        return .failure(error)
    }
}
