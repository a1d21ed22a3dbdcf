internal import Foundation

/// A thread for work that blocks, which the threads of Swift's tasks must not.
enum LocalThread {
    static func start(_ body: @escaping @Sendable () -> Void) { Thread(block: body).start() }
}
