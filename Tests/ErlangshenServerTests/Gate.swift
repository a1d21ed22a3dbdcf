import Foundation
import Synchronization

/// Holds computing threads up until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let arrivals = Atomic<Int>(0)
    private let isOpen = Atomic<Bool>(false)

    /// How many batches have come to the gate.
    var arrivedCount: Int { arrivals.load(ordering: .acquiring) }

    /// Waits for the gate to be opened, or for one batch to be let through.
    func pass() {
        arrivals.add(1, ordering: .acquiringAndReleasing)
        if isOpen.load(ordering: .acquiring) { return }
        semaphore.wait()
        if isOpen.load(ordering: .acquiring) { semaphore.signal() }
    }

    /// Lets one batch through.
    func letOneThrough() { semaphore.signal() }

    /// Lets everything through from now on.
    func open() {
        isOpen.store(true, ordering: .releasing)
        semaphore.signal()
    }
}

/// Something that happens once.
final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isOn: Bool { value.load(ordering: .acquiring) }
    func turnOn() { value.store(true, ordering: .releasing) }
}

/// What was logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var text: String { lines.withLock { $0.joined() } }
}
