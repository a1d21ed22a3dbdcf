import ErlangshenPipelines

/// A question that waits for its turn at a model.
struct QueuedRequest: Sendable {
    let id: Int
    let question: TaskQuestion
    let tokenCount: Int
    let arrival: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<AnsweredRequest, RequestFailure>, Never>
}

/// An answer and what it took.
struct AnsweredRequest: Sendable {
    let answer: TaskAnswer
    let queueSeconds: Double
    let inferenceSeconds: Double
}
