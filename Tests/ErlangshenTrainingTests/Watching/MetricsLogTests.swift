import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenTraining

@Suite struct MetricsLogTests {
    private func write(_ log: MetricsLog, _ steps: ClosedRange<Int>) throws {
        for step in steps {
            try log.append(step: step, ["loss": .double(1 / Double(step)), "tokens": .integer(Int64(step * 7))])
            if step % 3 == 0 { try log.append(step: step, ["accuracy": .double(0.5 + Double(step) / 100)]) }
        }
    }

    @Test func resumedEqualsUnbroken() throws {
        let folder = try TrainingFolder()
        try write(try MetricsLog(path: folder.path("whole"), resumingAt: nil), 1...20)
        let whole = try folder.bytes("whole")
        for (step, end) in [(1, 1), (6, 6), (6, 11), (19, 20), (20, 20)] {
            let name = "broken-\(step)-\(end)"
            try write(try MetricsLog(path: folder.path(name), resumingAt: nil), 1...end)
            let log = try MetricsLog(path: folder.path(name), resumingAt: step)
            #expect(log.keptLineCount == step + step / 3)
            if step < 20 { try write(log, (step + 1)...20) }
            try log.synchronize()
            #expect(try folder.bytes(name) == whole, "\(name)")
        }
        let log = try MetricsLog(path: folder.path("absent"), resumingAt: 4)
        #expect(log.keptLineCount == 0 && log.cutByteCount == 0)
    }

    @Test func cutsALineWithoutEnd() throws {
        let folder = try TrainingFolder()
        try folder.write("m", "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}\n{\"step\":3,\"lo")
        let log = try MetricsLog(path: folder.path("m"), resumingAt: 2)
        #expect(log.keptLineCount == 2 && log.cutByteCount == 13)
        #expect(try folder.read("m") == "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}\n")
    }

    /// What a loss of power may leave behind the lines of the saved step.
    @Test func cutsWhatIsBrokenBehindTheStep() throws {
        let folder = try TrainingFolder()
        try folder.write("m", Array("{\"step\":1}\n".utf8) + [UInt8](repeating: 0, count: 300_000))
        #expect(try MetricsLog(path: folder.path("m"), resumingAt: 1).cutByteCount == 300_000)
        #expect(try folder.read("m") == "{\"step\":1}\n")
    }

    @Test func refusesAFileOfAnotherRun() throws {
        let folder = try TrainingFolder()
        for text in ["{\"step\":9}\n{\"step\":2}\n", "not JSON\n{\"step\":2}\n", "{\"loss\":1}\n{\"step\":2}\n"] {
            try folder.write("m", text)
            do throws(TrainingError) {
                _ = try MetricsLog(path: folder.path("m"), resumingAt: 5)
                Issue.record("\(text) was taken")
            } catch {
                guard case .metrics(folder.path("m"), 1, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
            #expect(try folder.read("m") == text)
        }
        #expect(throws: TrainingError.self) { try MetricsLog(path: folder.path("m"), resumingAt: nil) }
        mkfifo(folder.path("pipe"), 0o600)
        #expect(throws: TrainingError.self) { try MetricsLog(path: folder.path("pipe"), resumingAt: 1) }
        #expect(throws: TrainingError.self) { try MetricsLog(path: folder.path("no/m"), resumingAt: nil) }
    }

    @Test func readsEntries() throws {
        let folder = try TrainingFolder()
        let log = try MetricsLog(path: folder.path("m"), resumingAt: nil)
        try log.append(step: 1, ["loss": .double(.nan), "step": 7])
        #expect(try folder.read("m") == "{\"step\":1,\"loss\":null}\n")
        var entries: [MetricsFile.Entry] = []
        try MetricsFile.forEach(in: folder.path("m")) { entries.append($0) }
        #expect(entries == [MetricsFile.Entry(step: 1, values: ["step": 1, "loss": .null])])
        let long = "{\"step\":1,\"x\":\"" + String(repeating: "y", count: 400_000) + "\"}\n"
        for (text, line) in [
            (long, 1), ("{\"step\":1}\n" + long + "{}\n", 2), ("{\"step\":-1}\n", 1), ("{\"step\":1}", 1),
        ] {
            try folder.write("m", text)
            do throws(TrainingError) {
                try MetricsFile.forEach(in: folder.path("m")) { _ in }
                Issue.record("taken: \(text.prefix(20))")
            } catch {
                guard case .metrics(_, line, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }
}
