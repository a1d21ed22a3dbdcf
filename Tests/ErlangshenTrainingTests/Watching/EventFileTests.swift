import Foundation
import Testing

@testable import ErlangshenTraining

/// Golden: `$PYTHON tools/goldens/make_training_goldens.py --events`, a Python with tensorboard 2.20.
///
/// That TensorBoard's own reader takes a file is seen with `$PYTHON tools/goldens/make_training_goldens.py --read FILE`.
@Suite struct EventFileTests {
    @Test func equalsTensorBoard() throws {
        let url = try #require(Bundle.module.url(forResource: "Goldens/events", withExtension: "hex"))
        let golden = try String(contentsOf: url, encoding: .utf8).filter { $0 != "\n" }
        let folder = try TrainingFolder()
        let start = 1_700_000_000.5
        let file = try EventFile(folder: folder.path("events"), resumingAt: 5, now: start)
        try file.append(step: 5, [("train/loss", 0.6931), ("train/learning_rate", 2e-5)], now: start + 5)
        let tag = String(repeating: "dev/准确率", count: 40)
        try file.append(
            step: 1 << 40, [(tag, -1.5), ("nan", .nan), ("zero", 0)], now: start + Double(1 << 40))
        let names = try folder.names("events")
        #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents.1700000000."))
        #expect(file.path == folder.path("events/" + names[0]))
        let found = try folder.bytes("events/" + names[0]).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(found.joined() == golden)
    }

    @Test func twoFilesOfOneSecond() throws {
        let folder = try TrainingFolder()
        let files = try (0..<2).map { _ in try EventFile(folder: folder.path, resumingAt: nil, now: 5) }
        #expect(Set(files.map(\.path)).count == 2)
        #expect(throws: TrainingError.self) { try EventFile(folder: folder.path("a/b"), resumingAt: nil, now: 5) }
    }
}
