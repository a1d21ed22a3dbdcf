import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns SIGTERM, SIGINT and SIGUSR1 into a request to save and stop; the second of them ends the process at once.
///
/// SIGUSR1 is what mpirun passes on to its ranks as it is, and what batch systems send ahead of the end.
///
/// For programs, when a run begins: a library must not take signals from the program it is part of. The loop asks
/// `requested` between steps, saves, and ends with `exitStatus`.
public enum RunSignals {
    private typealias Handler = @convention(c) (Int32) -> Void

    private static let pending = Atomic<Int32>(0)
    private static let numbers = [SIGTERM, SIGINT, SIGUSR1]
    /// Written by `install` before the handler that reads them is set, and never after.
    private nonisolated(unsafe) static var formerHandlers: (term: Handler?, interrupt: Handler?, user: Handler?) = (
        nil, nil, nil
    )

    /// Takes the three signals. One that the program was started to ignore, as by `nohup`, stays ignored. Writing beyond
    /// a limit on the size of files becomes an error instead of a signal.
    public static func install() {
        // The handler must not be the one to set up the flag.
        pending.store(0, ordering: .relaxed)
        let handler: Handler = { number in
            let (isFirst, _) = RunSignals.pending.compareExchange(
                expected: 0, desired: number, ordering: .acquiringAndReleasing)
            guard !isFirst else { return }
            let former =
                switch number {
                case SIGTERM: RunSignals.formerHandlers.term
                case SIGINT: RunSignals.formerHandlers.interrupt
                default: RunSignals.formerHandlers.user
                }
            _ = signal(number, former ?? SIG_DFL)
            raise(number)
        }
        formerHandlers = (current(SIGTERM), current(SIGINT), current(SIGUSR1))
        for number in numbers where !isIgnored(current(number)) { _ = signal(number, handler) }
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// The signal that asked for the end, nil while none has.
    public static var requested: Int32? {
        let number = pending.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// What a shell shows for a process that a signal ended: 143 for SIGTERM, 130 for SIGINT, 138 for SIGUSR1
    /// on Linux.
    public static func exitStatus(of number: Int32) -> Int32 { 128 + number }

    private static func current(_ number: Int32) -> Handler? {
        let former = signal(number, SIG_IGN)
        _ = signal(number, former)
        return former
    }

    private static func isIgnored(_ handler: Handler?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
