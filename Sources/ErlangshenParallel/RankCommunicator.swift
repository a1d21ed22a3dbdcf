/// Ranks that send messages, by a thread of its own beside those that compute.
///
/// Unchecked: its parts are constants that guard themselves; the transport is asked only for what never changes.
package final class RankCommunicator: Communicator, @unchecked Sendable {
    package let rank: Int
    package let size: Int
    package let name: String
    private let thread: RankThread
    private let transport: any RankTransport

    /// Starts the thread, which makes the transport and is the only one to use it.
    ///
    /// `failed` is called by that thread when the ranks can no longer go on together: the caller may be computing and
    /// would learn of it late.
    package init(
        limits: RankLimits = RankLimits(), failed: @escaping @Sendable (ParallelError) -> Void = { _ in },
        makeTransport: @escaping () throws(ParallelError) -> any RankTransport
    ) throws(ParallelError) {
        thread = try RankThread(limits, failed: failed, makeTransport: makeTransport)
        guard let transport = thread.transport else { throw .closed }
        self.transport = transport
        (rank, size, name) = (transport.rank, transport.size, transport.name)
    }

    package func startSum(_ values: UnsafeMutableBufferPointer<Float>) -> PendingOperation {
        let shares = shares(of: values.count)
        return thread.submit { engine throws(ParallelError) in
            try engine.reduceScatter(values, shares)
            try engine.allGather(UnsafeMutableRawBufferPointer(values), shares, elementSize: 4)
        }
    }

    package func startReduceScatter(
        _ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]
    ) -> PendingOperation {
        check(shares, count: values.count)
        return thread.submit { engine throws(ParallelError) in try engine.reduceScatter(values, shares) }
    }

    package func startAllGather(
        _ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]
    ) -> PendingOperation {
        check(shares, count: values.count)
        return thread.submit { engine throws(ParallelError) in
            try engine.allGather(UnsafeMutableRawBufferPointer(values), shares, elementSize: 4)
        }
    }

    package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(ParallelError) {
        precondition((0..<size).contains(root))
        try thread.submit { engine throws(ParallelError) in try engine.broadcast(bytes, from: root) }.wait()
    }

    package func gather(_ record: [UInt8]) throws(ParallelError) -> [[UInt8]] {
        // Written by the thread before the operation completes, read after.
        nonisolated(unsafe) var records: [[UInt8]] = []
        try thread.submit { engine throws(ParallelError) in records = try engine.gather(record) }.wait()
        return records
    }

    package func barrier() throws(ParallelError) { _ = try gather([]) }

    package func close() throws(ParallelError) { try thread.close() }

    package func abort(status: Int32) { transport.abort(status: status) }

    private func check(_ shares: [Range<Int>], count: Int) {
        let isWhole = shares.count == size && shares.first?.lowerBound == 0 && shares.last?.upperBound == count
        precondition(isWhole, "shares \(shares) of \(count) numbers for \(size) ranks")
    }
}
