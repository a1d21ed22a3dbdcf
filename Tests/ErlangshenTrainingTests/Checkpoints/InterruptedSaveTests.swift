import Foundation
import Testing

@testable import ErlangshenTraining

/// Saves that are ended from outside, each in a process of its own.
@Suite struct InterruptedSaveTests {
    private static let parameters = MadeUpArrays.parameters(scale: 4_000)

    /// kill -9 so many microseconds after the first save began to be followed by others.
    @Test(arguments: [0, 2_000, 8_000, 30_000, 60_000, 120_000, 250_000, 500_000])
    func killedAtAnyMoment(delay: Int) async throws {
        let folder = try TrainingFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as Int] in
            let store = try StateStore(folder: path, retention: try Retention(keepLast: 2, keepBest: 0))
            let numbers = (0..<2).map { MadeUpArrays(step: $0, parameters: InterruptedSaveTests.parameters) }
            for step in 1... {
                if step == 2 {
                    DispatchQueue.global().async {
                        usleep(UInt32(delay))
                        kill(getpid(), SIGKILL)
                    }
                }
                let state = try MadeUpArrays.state(step: step)
                try numbers[step % 2].withArrays { _ = try store.save(state, $0) }
            }
        }
        let store = try StateStore(folder: path, retention: try Retention(keepLast: 2, keepBest: 0))
        let (state, rejected) = try store.newest()
        let saved = try #require(state)
        #expect(rejected.allSatisfy { $0.fault == .unfinished }, "\(rejected)")
        let step = saved.state.step
        print("killed \(delay) µs after step 1: step \(step) is there, \(rejected.count) unfinished")
        #expect(
            try MadeUpArrays.read(saved, parameters: Self.parameters)
                == MadeUpArrays(step: step % 2, parameters: Self.parameters))
        // The next save leaves nothing behind that a removal or a save cut short has left.
        try MadeUpArrays(step: 0).withArrays { _ = try store.save(try MadeUpArrays.state(step: step + 1), $0) }
        let kept = [step, step + 1].map { StateEntry(step: $0, kind: .finished).fileName }
        #expect(try folder.names() == kept)
    }

    /// A limit on the size of files stands in for a full disk: the same path through the code, another number.
    @Test func fullDisk() async throws {
        let folder = try TrainingFolder()
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            RunSignals.install()
            let store = try StateStore(folder: path, retention: try Retention())
            let numbers = MadeUpArrays(step: 1, parameters: InterruptedSaveTests.parameters)
            let (first, second) = (try MadeUpArrays.state(step: 1), try MadeUpArrays.state(step: 2))
            try numbers.withArrays { _ = try store.save(first, $0) }
            var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            numbers.withArrays { arrays in
                do throws(TrainingError) {
                    try store.save(second, arrays)
                    Issue.record("it was saved")
                } catch {
                    guard case .diskFull(let place, let needed, _) = error else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(place.hasSuffix("/step-00000002"))
                    #expect(needed > arrays.weights.reduce(0) { $0 + $1.bytes.count } * 3)
                }
            }
        }
        #expect(try folder.names() == ["step-00000001"])
        let saved = try SavedState(path: folder.path("step-00000001"))
        #expect(
            try MadeUpArrays.read(saved, parameters: Self.parameters)
                == MadeUpArrays(step: 1, parameters: Self.parameters))
    }
}
