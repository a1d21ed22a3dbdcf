/// Which requests wait at a model, in the order of their arrival.
struct QueueState: Sendable {
    private(set) var waiting: [QueuedRequest] = []
    private(set) var waitingTokens = 0
    /// Requests admitted and not yet answered: being read, waiting, or in work.
    private(set) var admitted = 0
    /// Whether a thread is at it.
    private(set) var isWorking = false
    /// Tokens that the model answers in a second, from the last batches; 0 before the first.
    private(set) var tokensPerSecond = 0.0
    private var nextId = 0

    /// Counts a request in; false at the limit.
    mutating func admit(limit: Int) -> Bool {
        guard admitted < limit else { return false }
        admitted += 1
        return true
    }

    mutating func release() { admitted -= 1 }

    mutating func makeId() -> Int {
        nextId += 1
        return nextId
    }

    /// Puts a request at the end; true when a thread has to be set to work.
    mutating func append(_ request: QueuedRequest) -> Bool {
        waiting.append(request)
        waitingTokens += request.tokenCount
        defer { isWorking = true }
        return !isWorking
    }

    /// Takes a request out; nil when it is not waiting any more.
    mutating func remove(_ id: Int) -> QueuedRequest? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        let request = waiting.remove(at: index)
        waitingTokens -= request.tokenCount
        return request
    }

    /// Takes every request out.
    mutating func removeAll() -> [QueuedRequest] {
        defer { (waiting, waitingTokens) = ([], 0) }
        return waiting
    }

    /// The requests that go next: from the front, of one task, up to `tokens` or one longer request. None ends the work.
    mutating func takeBatch(tokens: Int) -> [QueuedRequest] {
        guard let first = waiting.first else {
            isWorking = false
            return []
        }
        var (count, sum) = (0, 0)
        for request in waiting {
            guard request.question.task == first.question.task, count == 0 || sum + request.tokenCount <= tokens else {
                break
            }
            count += 1
            sum += request.tokenCount
        }
        let batch = Array(waiting[..<count])
        waiting.removeFirst(count)
        waitingTokens -= sum
        return batch
    }

    /// Takes note of a batch's pace; older batches count less with each.
    mutating func note(tokens: Int, seconds: Double) {
        guard tokens > 0, seconds > 0 else { return }
        let pace = Double(tokens) / seconds
        tokensPerSecond = tokensPerSecond == 0 ? pace : 0.8 * tokensPerSecond + 0.2 * pace
    }

    /// Seconds until a request that comes now would have its turn, from 1 to 60.
    var retryAfterSeconds: Int {
        guard tokensPerSecond > 0 else { return 1 }
        return Int(min(60, max(1, (Double(waitingTokens) / tokensPerSecond).rounded(.up))))
    }
}
