/// Connections that wait for a request of their client, the longest wait first.
struct WaitingLine {
    private struct Entry {
        let since: ContinuousClock.Instant
        let makeRoom: @Sendable () -> Void
    }

    private var entries: [Int: Entry] = [:]
    /// Tickets in the order of their waits; those that have left are still in it, until they reach its head.
    private var order: [Int] = []
    private var head = 0

    var count: Int { entries.count }

    mutating func append(_ ticket: Int, since: ContinuousClock.Instant, makeRoom: @escaping @Sendable () -> Void) {
        entries[ticket] = Entry(since: since, makeRoom: makeRoom)
        order.append(ticket)
        // Whoever leaves from the middle stays in the order; it must not grow with their number.
        if order.count > 64, order.count > 2 * entries.count {
            order = order[head...].filter { entries[$0] != nil }
            head = 0
        }
    }

    mutating func remove(_ ticket: Int) { entries[ticket] = nil }

    /// Takes out the one that has waited longest, if it has waited since `latest` or earlier.
    mutating func popFirst(since latest: ContinuousClock.Instant) -> (@Sendable () -> Void)? {
        while head < order.count {
            let ticket = order[head]
            guard let entry = entries[ticket] else {
                head += 1
                continue
            }
            guard entry.since <= latest else { return nil }
            head += 1
            entries[ticket] = nil
            return entry.makeRoom
        }
        return nil
    }
}
