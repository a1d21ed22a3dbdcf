public import ErlangshenParallel
internal import Synchronization

/// Ranks in one process, a thread each: messages are copied from memory to memory.
public enum LocalRanks {
    /// Runs `body` once for each of `size` ranks, all at the same time, and gives what they return by rank.
    ///
    /// `delivers` may hold back a message, told by its sender, receiver and tag, for ever; with `closes` false ranks leave
    /// without parting.
    public static func run<Result: Sendable>(
        _ size: Int, limits: RankLimits = RankLimits(), closes: Bool = true,
        delivers: @escaping @Sendable (_ from: Int, _ to: Int, _ tag: Int32) -> Bool = { _, _, _ in true },
        _ body: @escaping @Sendable (any Communicator) throws -> Result
    ) async throws -> [Result] {
        let post = LocalPost(delivers: delivers)
        return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for rank in 0..<size {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        LocalThread.start {
                            continuation.resume(
                                with: Swift.Result {
                                    let ranks = try RankCommunicator(limits: limits) {
                                        LocalTransport(rank: rank, size: size, post: post)
                                    }
                                    let result = try body(ranks)
                                    if closes { try ranks.close() }
                                    return (rank, result)
                                })
                        }
                    }
                }
            }
            return try await group.reduce(into: [Int: Result]()) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }
                .map(\.value)
        }
    }
}

/// Messages that were sent and not received.
private final class LocalPost: Sendable {
    struct Address: Hashable {
        let from: Int
        let to: Int
        let tag: Int32
    }

    private let messages = Mutex<[Address: [[UInt8]]]>([:])
    private let delivers: @Sendable (Int, Int, Int32) -> Bool

    init(delivers: @escaping @Sendable (Int, Int, Int32) -> Bool) { self.delivers = delivers }

    func put(_ message: [UInt8], _ address: Address) {
        guard delivers(address.from, address.to, address.tag) else { return }
        messages.withLock { $0[address, default: []].append(message) }
    }

    func take(_ address: Address) -> [UInt8]? {
        messages.withLock { messages in
            guard messages[address]?.isEmpty == false else { return nil }
            return messages[address]?.removeFirst()
        }
    }
}

private final class LocalTransport: RankTransport {
    let rank: Int
    let size: Int
    let name = "threads of one process"
    private let post: LocalPost
    /// Messages that were asked for and have not come, in the order of asking.
    private var waiting: [LocalPost.Address: [LocalRequest]] = [:]

    init(rank: Int, size: Int, post: LocalPost) {
        (self.rank, self.size, self.post) = (rank, size, post)
    }

    func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) throws(ParallelError) -> any RankRequest {
        post.put(Array(bytes), LocalPost.Address(from: rank, to: other, tag: tag))
        return LocalRequest(room: nil, deliver: {})
    }

    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32
    ) throws(ParallelError) -> any RankRequest {
        let address = LocalPost.Address(from: other, to: rank, tag: tag)
        let request = LocalRequest(room: bytes) { [unowned self] in deliver(address) }
        waiting[address, default: []].append(request)
        return request
    }

    private func deliver(_ address: LocalPost.Address) {
        while waiting[address]?.isEmpty == false, let message = post.take(address) {
            waiting[address]?.removeFirst().fill(message)
        }
    }

    func close() {}

    func abort(status: Int32) {}
}

private final class LocalRequest: RankRequest {
    private var room: UnsafeMutableRawBufferPointer?
    private let deliver: () -> Void

    init(room: UnsafeMutableRawBufferPointer?, deliver: @escaping () -> Void) {
        (self.room, self.deliver) = (room, deliver)
    }

    func fill(_ message: [UInt8]) {
        precondition(room?.count == message.count, "\(message.count) bytes for a room of \(room?.count ?? 0)")
        room?.copyBytes(from: message)
        room = nil
    }

    func isDone() throws(ParallelError) -> Bool {
        if room != nil { deliver() }
        return room == nil
    }
}
