import ErlangshenServer
import Logging

/// What the server tells the service manager; one that cannot be told is logged and does not stop the server.
struct ManagerTalk: Sendable {
    private let notifier: ServiceNotifier?
    private let logger: Logger

    /// Takes whom to tell; nil tells nobody.
    init(_ notifier: ServiceNotifier?, _ logger: Logger) { (self.notifier, self.logger) = (notifier, logger) }

    func say(_ message: (ServiceNotifier) throws(ServerError) -> Void) {
        guard let notifier else { return }
        do {
            try message(notifier)
        } catch {
            logger.warning("\(error)")
        }
    }

    /// Gives signs of life twice in the time that the manager waits for one, until the task is cancelled.
    ///
    /// Each has made its way through the threads that serve connections: where those hang, no sign is given.
    func keepAlive(_ service: InferenceService) async {
        guard let seconds = notifier?.watchdogSeconds else { return }
        while !Task.isCancelled {
            await service.pulse()
            say { notifier throws(ServerError) in try notifier.alive() }
            try? await Task.sleep(for: .seconds(seconds / 2))
        }
    }
}
