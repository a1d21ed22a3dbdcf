/// An operation of all ranks that goes on by itself until it is waited for.
///
/// Unchecked: `outcome` is read and written under the lock of `condition`.
public final class PendingOperation: @unchecked Sendable {
    private let condition = Condition()
    private var outcome: Result<Void, ParallelError>?

    init() {}

    /// One that is over already.
    init(done outcome: Result<Void, ParallelError>) { self.outcome = outcome }

    /// Whether waiting for it would come back at once.
    public var isDone: Bool { condition.locked { outcome != nil } }

    /// Comes back when this rank's part is done, and the memory given to it belongs to the caller again.
    ///
    /// - Throws: `ParallelError`; the ranks cannot go on together then.
    public func wait() throws(ParallelError) {
        let outcome: Result<Void, ParallelError> = condition.locked {
            while true {
                if let outcome = self.outcome { return outcome }
                condition.wait(atMostSeconds: nil)
            }
        }
        try outcome.get()
    }

    func complete(_ outcome: Result<Void, ParallelError>) {
        condition.locked {
            self.outcome = outcome
            condition.wake()
        }
    }
}
