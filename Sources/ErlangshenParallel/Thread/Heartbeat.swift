/// Signs of life along a ring: each rank tells the next one, and listens to the one before it.
///
/// They are sent by the thread of the messages, so that a rank that computes or writes for minutes lives, and one whose
/// process was killed or stopped, or whose machine or network is gone, does not.
final class Heartbeat {
    private static let tag: Int32 = 1
    private static let (alive, bye): (UInt8, UInt8) = (1, 2)

    private let transport: any RankTransport
    private let limits: RankLimits
    private let clock = SuspendingClock()
    private let sent: UnsafeMutableRawBufferPointer  // [1] byte
    private let heard: UnsafeMutableRawBufferPointer  // [1] byte
    private var sending: (any RankRequest)?
    private var listening: (any RankRequest)?
    private var lastSent: SuspendingClock.Instant?
    private var lastHeard: SuspendingClock.Instant

    init(_ transport: any RankTransport, _ limits: RankLimits) {
        self.transport = transport
        self.limits = limits
        lastHeard = clock.now
        sent = .allocate(byteCount: 1, alignment: 1)
        heard = .allocate(byteCount: 1, alignment: 1)
    }

    deinit {
        sent.deallocate()
        heard.deallocate()
    }

    private var next: Int { (transport.rank + 1) % transport.size }
    private var previous: Int { (transport.rank + transport.size - 1) % transport.size }

    /// Tells and listens when it is time.
    ///
    /// - Throws: `ParallelError.silent` with the number of the rank before this one.
    func tick() throws(ParallelError) {
        guard transport.size > 1 else { return }
        try listen()
        let now = clock.now
        if lastSent.map({ now - $0 >= .seconds(limits.beatSeconds) }) ?? true, try sending?.isDone() ?? true {
            try tell(Self.alive)
            lastSent = now
        }
        let silence = now - lastHeard
        guard silence < .seconds(limits.silenceSeconds) else {
            throw .silent(rank: previous, seconds: Int(silence.components.seconds))
        }
    }

    /// Parts in order: tells the next rank that nothing more comes, and hears the same. `wait` waits for a request.
    func end(_ wait: (any RankRequest, Int) throws(ParallelError) -> Void) throws(ParallelError) {
        guard transport.size > 1 else { return }
        if let sending { try wait(sending, next) }
        try tell(Self.bye)
        repeat {
            try listen()
            if let listening { try wait(listening, previous) }
        } while heard[0] != Self.bye
        if let sending { try wait(sending, next) }
    }

    private func tell(_ what: UInt8) throws(ParallelError) {
        sent[0] = what
        sending = try transport.send(UnsafeRawBufferPointer(sent), to: next, tag: Self.tag)
    }

    /// Takes what has come and asks for more, unless the rank has said good-bye.
    private func listen() throws(ParallelError) {
        while true {
            if let listening {
                guard try listening.isDone() else { return }
                lastHeard = clock.now
                if heard[0] == Self.bye { return }
            }
            listening = try transport.receive(heard, from: previous, tag: Self.tag)
        }
    }
}
