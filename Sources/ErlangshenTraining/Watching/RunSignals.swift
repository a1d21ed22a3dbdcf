import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns SIGTERM and SIGINT into a request to save and stop; the second of them ends the process at once.
///
/// For programs, when a run begins: a library must not take signals from the program it is part of. The loop asks
/// `requested` between steps, saves, and ends with `exitStatus`.
public enum RunSignals {
    private typealias Handler = @convention(c) (Int32) -> Void

    private static let pending = Atomic<Int32>(0)
    private static let numbers = [SIGTERM, SIGINT]
    /// Written by `install` before the handler that reads them is set, and never after.
    private nonisolated(unsafe) static var formerHandlers: (term: Handler?, interrupt: Handler?) = (nil, nil)

    /// Takes the two signals. One that the program was started to ignore, as by `nohup`, stays ignored. Writing beyond
    /// a limit on the size of files becomes an error instead of a signal.
    public static func install() {
        // The handler must not be the one to set up the flag.
        pending.store(0, ordering: .relaxed)
        let handler: Handler = { number in
            let (isFirst, _) = RunSignals.pending.compareExchange(
                expected: 0, desired: number, ordering: .acquiringAndReleasing)
            guard !isFirst else { return }
            let former = number == SIGTERM ? RunSignals.formerHandlers.term : RunSignals.formerHandlers.interrupt
            _ = signal(number, former ?? SIG_DFL)
            raise(number)
        }
        formerHandlers = (current(SIGTERM), current(SIGINT))
        for number in numbers where !isIgnored(current(number)) { _ = signal(number, handler) }
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// The signal that asked for the end, nil while none has.
    public static var requested: Int32? {
        let number = pending.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// What a shell shows for a process that a signal ended: 143 for SIGTERM, 130 for SIGINT.
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
