import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The signals that steer a server, as a stream.
public enum ServiceSignals {
    /// The write end of the pipe that the handler writes to; -1 before there is one. Handlers may read atomics.
    private static let pipeEnd = Atomic<Int32>(-1)

    /// Takes SIGTERM, SIGINT and SIGHUP from now on, for the rest of the process; their numbers come as elements.
    ///
    /// For programs, once: a library must not take signals from the program it is part of. A signal that the program
    /// was started to ignore, as SIGHUP by `nohup`, stays ignored.
    public static func take() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return }
            let readEnd = ends[0]
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
            pipeEnd.store(ends[1], ordering: .releasing)
            // A parent may have started us with these signals held back.
            var taken = sigset_t()
            sigemptyset(&taken)
            for number in [SIGTERM, SIGINT, SIGHUP] {
                handle(number)
                sigaddset(&taken, number)
            }
            pthread_sigmask(SIG_UNBLOCK, &taken, nil)
            let source = DispatchSource.makeReadSource(
                fileDescriptor: readEnd, queue: DispatchQueue(label: "erlangshen.signals"))
            source.setEventHandler {
                var byte: UInt8 = 0
                while read(readEnd, &byte, 1) == 1 { continuation.yield(Int32(byte)) }
            }
            source.activate()
            let kept = Kept(source)
            continuation.onTermination = { _ in kept.source.cancel() }
        }
    }

    /// Keeps a source for as long as the stream is listened to. Dispatch's own objects may be used from any thread.
    private final class Kept: @unchecked Sendable {
        let source: any DispatchSourceRead
        init(_ source: any DispatchSourceRead) { self.source = source }
    }

    private static func handle(_ number: Int32) {
        let former = signal(number) { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(ServiceSignals.pipeEnd.load(ordering: .acquiring), &byte, 1)
            errno = saved
        }
        if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
            _ = signal(number, SIG_IGN)
        }
    }
}
