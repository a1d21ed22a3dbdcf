#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The collective operations of one rank, made of messages; used by the thread of the messages alone.
final class RankEngine {
    let transport: any RankTransport
    private let limits: RankLimits
    private let heartbeat: Heartbeat
    private let clock = SuspendingClock()
    private var operationCount = 0
    private var scratch: UnsafeMutableRawBufferPointer

    /// Tags of operations go round among so many, above that of signs of life; MPI promises at least 32,767.
    private static let (firstTag, tagCount) = (16, 16_384)
    /// Questions in a row before the thread sleeps between them: a message between two processes of one machine is there
    /// by then, and a core that has to compute as well is soon left alone.
    private static let questionCount = 64
    private static let sleepNanoseconds = 20_000

    init(_ transport: any RankTransport, _ limits: RankLimits) {
        self.transport = transport
        self.limits = limits
        heartbeat = Heartbeat(transport, limits)
        scratch = .allocate(byteCount: 0, alignment: 64)
    }

    deinit { scratch.deallocate() }

    var rank: Int { transport.rank }
    var size: Int { transport.size }

    /// The other ranks, the next one first: each sends to another one at a time.
    var others: [Int] { (1..<max(1, size)).map { (rank + $0) % size } }

    /// The tag of the next operation.
    func nextTag() -> Int32 {
        operationCount += 1
        return Int32(Self.firstTag + operationCount % Self.tagCount)
    }

    /// At least so many bytes that last until the next call.
    func scratch(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if scratch.count < byteCount {
            scratch.deallocate()
            scratch = .allocate(byteCount: byteCount, alignment: 64)
        }
        return scratch
    }

    /// Signs of life.
    func tick() throws(ParallelError) { try heartbeat.tick() }

    /// Good-bye to the others.
    func part() throws(ParallelError) {
        try heartbeat.end { request, rank throws(ParallelError) in
            try wait(request, for: rank, in: "parting")
        }
    }

    /// Waits for a message from or to a rank.
    func wait(_ request: any RankRequest, for rank: Int, in operation: String) throws(ParallelError) {
        var questions = 0
        var begin: SuspendingClock.Instant?
        while try !request.isDone() {
            questions += 1
            guard questions >= Self.questionCount else {
                sched_yield()
                continue
            }
            var time = timespec(tv_sec: 0, tv_nsec: Self.sleepNanoseconds)
            nanosleep(&time, nil)
            // The clock and the signs of life are asked about every few milliseconds.
            guard questions.isMultiple(of: Self.questionCount) else { continue }
            try heartbeat.tick()
            let now = clock.now
            let since = begin ?? now
            begin = since
            let seconds = (now - since).components.seconds
            guard Double(seconds) < limits.stallSeconds else {
                throw .stalled(operation: operation, ranks: [rank], seconds: Int(seconds))
            }
        }
    }
}
