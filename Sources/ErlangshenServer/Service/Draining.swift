import Synchronization

/// Whether the server is on its way out.
final class Draining: Sendable {
    private let flag = Atomic<Bool>(false)
    var isOn: Bool { flag.load(ordering: .relaxed) }

    /// Says so; false when it was said before.
    func begin() -> Bool { !flag.exchange(true, ordering: .relaxed) }
}
