import Synchronization

/// How many connections are open, and whether one more is served, answered with 503 or closed.
///
/// Beyond the limit a connection on which the client keeps us waiting makes room for the new one: who opens connections
/// and says nothing on them takes them from nobody but himself. Those that have not sent a whole request yet go first,
/// then those that have been silent since their last response, each time the one that has waited longest.
final class ConnectionCount: Sendable {
    enum Verdict: Equatable {
        case serve, refuse, close
    }

    private struct State {
        var open = 0
        /// Connections that were told to make room and have not closed yet.
        var leaving = 0
        var nextTicket = 0
        var unserved = WaitingLine()
        var idle = WaitingLine()
    }

    /// Connections beyond the limit that are told so; more than these are closed without a word.
    static let refusedAtATime = 64
    /// How long a connection that was answered before may be silent without being taken for idle, in seconds.
    static let silenceSeconds = 1.0

    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock(\.open) }

    /// Counts a connection in; each has to be counted out once.
    func enter() -> Verdict {
        let (verdict, makeRoom) = state.withLock { state -> (Verdict, (@Sendable () -> Void)?) in
            state.open += 1
            if state.open - state.leaving <= limit { return (.serve, nil) }
            let now = ContinuousClock.now
            // Those that leave hold descriptors until they are gone: there are never more than twice the limit.
            if state.leaving < limit,
                let makeRoom = state.unserved.popFirst(since: now)
                    ?? state.idle.popFirst(since: now - .seconds(Self.silenceSeconds))
            {
                state.leaving += 1
                return (.serve, makeRoom)
            }
            return (state.open - state.leaving <= limit + Self.refusedAtATime ? .refuse : .close, nil)
        }
        makeRoom?()
        return verdict
    }

    /// Counts a connection out.
    func leave(madeRoom: Bool) {
        state.withLock { state in
            state.open -= 1
            if madeRoom { state.leaving -= 1 }
        }
    }

    /// Notes that a connection waits for a request.
    ///
    /// - Parameters:
    ///   - isFirst: whether it has not sent one before.
    ///   - makeRoom: is called, on any thread, when another connection needs the place.
    /// - Returns: a ticket that ends the wait.
    func beginWait(isFirst: Bool, makeRoom: @escaping @Sendable () -> Void) -> Int {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.nextTicket += 1
            if isFirst {
                state.unserved.append(state.nextTicket, since: now, makeRoom: makeRoom)
            } else {
                state.idle.append(state.nextTicket, since: now, makeRoom: makeRoom)
            }
            return state.nextTicket
        }
    }

    /// The request has come; a ticket that has ended is fine.
    func endWait(_ ticket: Int) {
        state.withLock { state in
            state.unserved.remove(ticket)
            state.idle.remove(ticket)
        }
    }
}
