import Foundation
import Synchronization

/// Runs asynchronous work for a command, which is a plain function.
enum Waiting {
    private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
        let result = Mutex<Result<Value, Failure>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
    }

    /// Waits for the work; the calling thread sleeps meanwhile.
    static func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let outcome = Outcome<Value, Failure>()
        Task {
            let result: Result<Value, Failure>
            do throws(Failure) {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            outcome.result.withLock { $0 = result }
            outcome.isDone.signal()
        }
        outcome.isDone.wait()
        guard let result = outcome.result.withLock({ $0 }) else { preconditionFailure("done, and without a result") }
        return try result.get()
    }
}
