import Foundation
import Testing

@testable import ErlangshenTraining

/// A run that is broken off and resumed ends with the bits of an unbroken one.
@Suite struct ResumedLoopTests {
    private func toy(_ folder: String) -> ToyRun {
        var run = ToyRun(folder)
        run.settings.saveStepCount = 2
        run.settings.rDrop = 1
        return run
    }

    private func expectSame(_ folder: TrainingFolder, _ name: String) throws {
        let state = "/states/step-00000015/"
        for file in [
            "metrics.jsonl", state + "model.safetensors", state + "optimizer.safetensors", state + "state.json",
        ] {
            let (whole, resumed) = (try folder.bytes("whole/" + file), try folder.bytes(name + "/" + file))
            #expect(whole == resumed, "\(name)/\(file)")
        }
    }

    @Test func atASignalAfterAnyStep() throws {
        let folder = try TrainingFolder()
        try toy(folder.path("whole")).run()
        for step in 1..<15 {
            let name = "stopped-\(step)"
            let run = toy(folder.path(name))
            #expect(try run.run(stopAfter: step).outcome == .interrupted(step: step, signal: 15))
            #expect(try folder.names(name + "/states").last == StateEntry(step: step, kind: .finished).fileName)
            #expect(try run.run(resumes: true).outcome == .finished(step: 15))
            try expectSame(folder, name)
        }
    }

    @Test func atASignalWithinAMeasuring() throws {
        let folder = try TrainingFolder()
        try toy(folder.path("whole")).run()
        let run = toy(folder.path("measuring"))
        let first = try run.run(stopAfter: 5, stopsMeasuring: true)
        #expect(first.outcome == .interrupted(step: 5, signal: 15) && first.kept == [])
        let second = try run.run(resumes: true)
        #expect(second.outcome == .finished(step: 15) && second.kept.first == 5)
        try expectSame(folder, "measuring")
    }

    @Test func afterEveryStep() throws {
        let folder = try TrainingFolder()
        try toy(folder.path("whole")).run()
        let run = toy(folder.path("limping"))
        for step in 1...15 {
            #expect(try run.run(resumes: step > 1, stopAfter: 1).outcome == .interrupted(step: step, signal: 15))
        }
        #expect(try run.run(resumes: true).outcome == .finished(step: 15))
        try expectSame(folder, "limping")
    }

    @Test func otherSeedsDiffer() throws {
        let folder = try TrainingFolder()
        var run = toy(folder.path("a"))
        let first = try run.run().subject.values
        #expect(try toy(folder.path("b")).run().subject.values == first)
        run = toy(folder.path("c"))
        run.settings.seed += 1
        #expect(try run.run().subject.values != first)
    }

    /// kill -9 so many milliseconds after the start, then resuming, until the run is over.
    @Test(arguments: [3, 17, 41])
    func killed(milliseconds: Int) async throws {
        let folder = try TrainingFolder()
        try toy(folder.path("whole")).run()
        let path = folder.path("killed")
        var rounds = 0
        while true {
            rounds += 1
            let result = await #expect(processExitsWith: .failure, "round \(rounds)") {
                [path = path as String, delay = milliseconds * rounds as Int] in
                DispatchQueue.global().async {
                    usleep(UInt32(delay) * 1_000)
                    kill(getpid(), SIGKILL)
                }
                var run = ToyRun(path)
                run.settings.saveStepCount = 2
                run.settings.rDrop = 1
                try run.run(resumes: true)
                // Not killed: another status, so that the parent knows.
                exit(7)
            }
            guard let result else { return }
            if result.exitStatus == .exitCode(7) { break }
            #expect(result.exitStatus == .signal(SIGKILL))
            guard rounds < 60 else {
                Issue.record("it never ends")
                return
            }
        }
        print("killed \(rounds - 1) times, \(milliseconds) ms later each time")
        try expectSame(folder, "killed")
    }
}
