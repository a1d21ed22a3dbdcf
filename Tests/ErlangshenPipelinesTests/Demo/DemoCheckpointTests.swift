import Foundation
import Testing

@testable import ErlangshenPipelines

struct DemoCheckpointTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "erlangshen-demo-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func contents(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
    }

    @Test func `the same bytes each time, and nothing else in the folder`() throws {
        try withFolder { cache in
            let first = try DemoCheckpoint.directory(in: cache)
            let bytes = try contents(first)
            #expect(Set(bytes.keys) == ["config.json", "tokenizer_config.json", "vocab.txt", "model.safetensors"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count == 1)
            try withFolder { other in
                let second = try contents(DemoCheckpoint.directory(in: other))
                #expect(second == bytes)
            }
        }
    }

    @Test func `a folder that is not whole is written anew`() throws {
        try withFolder { cache in
            let folder = try DemoCheckpoint.directory(in: cache)
            let bytes = try contents(folder)
            try #require(bytes["model.safetensors"]).prefix(1000).write(
                to: URL(fileURLWithPath: "\(folder)/model.safetensors"))
            #expect(try DemoCheckpoint.directory(in: cache) == folder)
            #expect(try contents(folder) == bytes)
            try FileManager.default.removeItem(atPath: "\(folder)/vocab.txt")
            #expect(try DemoCheckpoint.directory(in: cache) == folder)
            #expect(try contents(folder) == bytes)
        }
    }

    @Test func `the model answers, and says what its answers are worth`() throws {
        try withFolder { cache in
            let fillMask = try FillMaskPipeline(
                directory: DemoCheckpoint.directory(in: cache), device: Goldens.device.get())
            let result = try fillMask("桂林是世界闻名的旅游城市,它有[MASK]江。")
            #expect(result.predictions.count == 5)
            #expect(result.warnings == [.randomWeights])
            // Every character of the sentence is an entry of the vocabulary.
            #expect(try fillMask.score("桂林是世界闻名的旅游城市,它有漓江。").warnings == [.randomWeights])
        }
    }

    @Test func `a cache that cannot be written is told`() {
        #expect(throws: PipelineError.self) { try DemoCheckpoint.directory(in: "/dev/null/nowhere") }
    }
}
