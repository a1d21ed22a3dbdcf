import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The temporary files that this process is writing, for whoever has to end it in the middle.
///
/// A fixed table of C strings behind atomics: walking it takes no lock and no memory, so a signal handler may.
public enum UnfinishedFiles {
    private typealias Slot = Atomic<UnsafeMutablePointer<CChar>?>

    /// Files beyond so many at a time are written all the same, and stay behind when a signal ends the process.
    private static let slotCount = 64

    /// Never freed, changed through the atomics alone: any thread and any signal handler may look at any time.
    private nonisolated(unsafe) static let slots: UnsafeMutablePointer<Slot> = {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: slotCount)
        for index in 0..<slotCount { (slots + index).initialize(to: Slot(nil)) }
        return slots
    }()

    /// Removes these files when SIGINT, SIGTERM or SIGHUP ends the process; it then ends as it would have.
    ///
    /// For programs, once, at their start: a library must not take signals from the program it is part of. A signal
    /// that the program was started to ignore, as by `nohup`, stays ignored.
    public static func removeOnSignals() {
        // The handler must not be the one to set up the table.
        _ = slots
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let former = signal(number) { number in
                UnfinishedFiles.removeAll()
                _ = signal(number, SIG_DFL)
                raise(number)
            }
            if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                _ = signal(number, SIG_IGN)
            }
        }
    }

    /// Notes a file that is about to be made; nil when the table is full.
    static func add(_ path: String) -> Int? {
        guard let copy = strdup(path) else { return nil }
        for index in 0..<slotCount {
            let (isTaken, _) = slots[index].compareExchange(
                expected: nil, desired: copy, ordering: .acquiringAndReleasing)
            if isTaken { return index }
        }
        free(copy)
        return nil
    }

    /// Forgets a file that stands under its name, or was removed.
    static func forget(_ slot: Int?) {
        guard let slot else { return }
        free(slots[slot].exchange(nil, ordering: .acquiringAndReleasing))
    }

    /// Unlinks what is noted. The names are not freed, as a signal handler may not: the process ends.
    private static func removeAll() {
        for index in 0..<slotCount {
            if let path = slots[index].exchange(nil, ordering: .acquiringAndReleasing) { unlink(path) }
        }
    }
}
