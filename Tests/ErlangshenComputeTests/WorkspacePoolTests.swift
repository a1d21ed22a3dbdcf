import ErlangshenCompute
import Foundation
import Synchronization
import Testing

/// Callers of one device take turns: as many at a time as it has threads, or the process cores.
struct WorkspacePoolTests {
    /// Callers inside the pool, now and at most.
    private struct Count {
        var now = 0
        var most = 0
    }

    /// Runs `body` on so many threads at once, and returns when all are done.
    private static func concurrently(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        let ended = DispatchGroup()
        for _ in 0..<count {
            ended.enter()
            Thread.detachNewThread {
                body()
                ended.leave()
            }
        }
        ended.wait()
    }

    @Test func noMoreThanThereIsRoomForRunAtATime() throws {
        let device = try Device.cpu(threads: 3)
        let pool = WorkspacePool(on: device)
        let limit = max(3, ProcessInfo.processInfo.activeProcessorCount)
        let count = Mutex(Count())
        let calls = Mutex(0)
        Self.concurrently(4 * limit) {
            for _ in 0..<3 {
                pool.withWorkspace { _ in
                    count.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    usleep(500)
                    count.withLock { $0.now -= 1 }
                    calls.withLock { $0 += 1 }
                }
            }
        }
        #expect(calls.withLock { $0 } == 12 * limit)
        #expect((2...limit).contains(count.withLock { $0.most }))
    }

    @Test func aCallerThatHasATurnGetsAnotherAtOnce() throws {
        let device = try Device.cpu(threads: 2)
        let pool = WorkspacePool(on: device)
        let calls = Mutex(0)
        let limit = max(2, ProcessInfo.processInfo.activeProcessorCount)
        Self.concurrently(4 * limit) {
            pool.withWorkspace { _ in
                usleep(500)
                pool.withWorkspace { _ in calls.withLock { $0 += 1 } }
            }
        }
        #expect(calls.withLock { $0 } == 4 * limit)
    }

    @Test func aCallerIsNotAloneWhenTheOthersHaveLeft() throws {
        let device = try Device.cpu(threads: 2)
        let pool = WorkspacePool(on: device)
        Self.concurrently(8) { pool.withWorkspace { _ in _ = usleep(100) } }
        let threads = Mutex<Set<UInt>>([])
        // A task waits for the other: if the caller believed that it is alone, it would wait for good.
        try pool.withWorkspace { workspace in
            try workspace.inParts(64) { _, _ in
                threads.withLock { _ = $0.insert(UInt(pthread_self())) }
                for _ in 0..<5_000 where threads.withLock({ $0.count }) < 2 { _ = usleep(1_000) }
            }
        }
        #expect(threads.withLock { $0.count } == 2)
    }
}
