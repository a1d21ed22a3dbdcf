import Synchronization

/// Tells requests in work that their client has gone.
final class ConnectionWatch: Sendable {
    /// The watch of the connection that the current task serves.
    @TaskLocal static var current: ConnectionWatch?

    private struct State {
        var isGone = false
        var nextId = 0
        var callbacks: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// Calls back once when the client goes, at once when it has gone; the id takes the call back out.
    func onGone(_ callback: @escaping @Sendable () -> Void) -> Int {
        let id = state.withLock { state -> Int? in
            guard !state.isGone else { return nil }
            state.nextId += 1
            state.callbacks[state.nextId] = callback
            return state.nextId
        }
        if id == nil { callback() }
        return id ?? 0
    }

    /// Takes a call back out; ids that are gone are fine.
    func remove(_ id: Int) { state.withLock { _ = $0.callbacks.removeValue(forKey: id) } }

    /// The client has gone.
    func clientHasGone() {
        let callbacks = state.withLock { state in
            state.isGone = true
            defer { state.callbacks = [:] }
            return state.callbacks
        }
        for callback in callbacks.values { callback() }
    }
}
