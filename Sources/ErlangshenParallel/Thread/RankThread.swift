#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The one thread of a process that sends and receives, while the others compute.
///
/// Operations are done one after the other in the order in which they were given; every rank has to give the same ones in
/// the same order. Between them the thread sleeps, but for signs of life.
///
/// Unchecked: `jobs`, `isClosing` and `failure` are read and written under the lock of `condition`; the engine is made and
/// used by the thread alone.
final class RankThread: @unchecked Sendable {
    typealias Work = (RankEngine) throws(ParallelError) -> Void

    private struct Job {
        let work: Work
        let pending: PendingOperation
    }

    private let condition = Condition()
    private var jobs: [Job] = []
    private var isClosing = false
    private var failure: ParallelError?
    private let limits: RankLimits
    private let makeTransport: () throws(ParallelError) -> any RankTransport
    private let failed: @Sendable (ParallelError) -> Void
    private let begun = PendingOperation()
    private let ended = PendingOperation()
    /// Written by the thread before `begun` completes, read after.
    private(set) var transport: (any RankTransport)?

    /// Starts the thread, which makes the transport; comes back when that is done.
    ///
    /// `failed` is called by the thread when the ranks can no longer go on together.
    init(
        _ limits: RankLimits, failed: @escaping @Sendable (ParallelError) -> Void,
        makeTransport: @escaping () throws(ParallelError) -> any RankTransport
    ) throws(ParallelError) {
        self.limits = limits
        self.failed = failed
        self.makeTransport = makeTransport
        try start()
        try begun.wait()
    }

    private func start() throws(ParallelError) {
        let this = Unmanaged.passRetained(self).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { RankThread.main($0) }, this)
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { RankThread.main($0) }, this)
        #endif
        guard code == 0 else {
            Unmanaged<RankThread>.fromOpaque(this).release()
            throw .system(operation: "start the thread of the messages", code: code)
        }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    private static func main(_ this: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let this else { return nil }
        Unmanaged<RankThread>.fromOpaque(this).takeRetainedValue().run()
        return nil
    }

    /// Gives the thread work; what it uses must stay as it is until it is done.
    func submit(_ work: @escaping Work) -> PendingOperation {
        condition.locked {
            if let failure { return PendingOperation(done: .failure(failure)) }
            if isClosing { return PendingOperation(done: .failure(.closed)) }
            let pending = PendingOperation()
            jobs.append(Job(work: work, pending: pending))
            condition.wake()
            return pending
        }
    }

    /// Does what was given, parts from the other ranks and ends the thread.
    func close() throws(ParallelError) {
        condition.locked {
            isClosing = true
            condition.wake()
        }
        try ended.wait()
    }

    private func run() {
        let engine: RankEngine
        do throws(ParallelError) {
            let transport = try makeTransport()
            engine = RankEngine(transport, limits)
            self.transport = transport
        } catch {
            condition.locked { failure = error }
            begun.complete(.failure(error))
            return ended.complete(.success(()))
        }
        begun.complete(.success(()))
        do throws(ParallelError) {
            while let job = try nextJob(engine) {
                do throws(ParallelError) {
                    try job.work(engine)
                    job.pending.complete(.success(()))
                } catch {
                    fail(error, job)
                    throw error
                }
            }
            try engine.part()
            engine.transport.close()
            ended.complete(.success(()))
        } catch {
            fail(error, nil)
            ended.complete(.failure(error))
            failed(error)
        }
    }

    /// Waits for the next job; nil when there is none and none will come.
    private func nextJob(_ engine: RankEngine) throws(ParallelError) -> Job? {
        while true {
            try engine.tick()
            let (job, isOver): (Job?, Bool) = condition.locked {
                if jobs.isEmpty, !isClosing { condition.wait(atMostSeconds: limits.beatSeconds / 4) }
                return jobs.isEmpty ? (nil, isClosing) : (jobs.removeFirst(), false)
            }
            if job != nil || isOver { return job }
        }
    }

    private func fail(_ error: ParallelError, _ job: Job?) {
        let waiting = condition.locked {
            failure = failure ?? error
            defer { jobs = [] }
            return jobs
        }
        job?.pending.complete(.failure(error))
        for job in waiting { job.pending.complete(.failure(error)) }
    }
}
