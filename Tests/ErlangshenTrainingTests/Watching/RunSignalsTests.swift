import Foundation
import Testing

@testable import ErlangshenTraining

/// Each in a process of its own. Signals go to the process: worker threads have them blocked, and another takes them.
@Suite struct RunSignalsTests {
    /// Sends a signal and waits until it was noted, at most for ten seconds.
    static func send(_ number: Int32) {
        kill(getpid(), number)
        for _ in 0..<1_000 where RunSignals.requested == nil { usleep(10_000) }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGUSR1])
    func firstAsksAndSecondEnds(number: Int32) async {
        await #expect(processExitsWith: .signal(number)) { [number = number as Int32] in
            RunSignals.install()
            guard RunSignals.requested == nil else { exit(5) }
            RunSignalsTests.send(number)
            guard RunSignals.requested == number else { exit(6) }
            // The loop would save here; the next one comes too late for that.
            kill(getpid(), number)
            sleep(10)
            exit(7)
        }
    }

    /// A second signal of the other kind ends the process too.
    @Test func ofTwoKinds() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            RunSignals.install()
            RunSignalsTests.send(SIGTERM)
            guard RunSignals.requested == SIGTERM else { exit(6) }
            kill(getpid(), SIGINT)
            sleep(10)
            exit(7)
        }
    }

    /// What the program had set for the signal before is what the second one gets.
    @Test func secondGoesToTheFormerHandler() async {
        await #expect(processExitsWith: .exitCode(9)) {
            signal(SIGTERM) { _ in _exit(9) }
            RunSignals.install()
            RunSignalsTests.send(SIGTERM)
            guard RunSignals.requested == SIGTERM else { exit(6) }
            kill(getpid(), SIGTERM)
            sleep(10)
            exit(7)
        }
    }

    @Test func ignoredStaysIgnored() async {
        await #expect(processExitsWith: .exitCode(0)) {
            signal(SIGINT, SIG_IGN)
            RunSignals.install()
            kill(getpid(), SIGINT)
            kill(getpid(), SIGINT)
            // Signals are delivered in the order of their numbers or at once: this one comes after them.
            RunSignalsTests.send(SIGTERM)
            exit(RunSignals.requested == SIGTERM ? 0 : 7)
        }
    }

    @Test func exitsAsShellsShowIt() {
        #expect(RunSignals.exitStatus(of: SIGTERM) == 143)
        #expect(RunSignals.exitStatus(of: SIGINT) == 130)
        #expect(RunSignals.exitStatus(of: SIGUSR1) == 128 + SIGUSR1)
    }
}
