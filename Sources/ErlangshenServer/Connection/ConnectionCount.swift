import Synchronization

/// How many connections are open, and whether one more is served, answered with 503 or closed.
final class ConnectionCount: Sendable {
    enum Verdict: Equatable {
        case serve, refuse, close
    }

    /// Connections beyond the limit that are told so; more than these are closed without a word.
    static let refusedAtATime = 64

    let limit: Int
    private let open = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var count: Int { open.load(ordering: .relaxed) }

    /// Counts a connection in; each has to be counted out once.
    func enter() -> Verdict {
        let count = open.add(1, ordering: .relaxed).newValue
        if count <= limit { return .serve }
        return count <= limit + Self.refusedAtATime ? .refuse : .close
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
