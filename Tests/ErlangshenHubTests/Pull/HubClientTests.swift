import ErlangshenJSON
import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

@Suite struct HubClientTests {
    @Test func layout() async throws {
        let fixture = try HubFixture(FakeRepository([HubFixture.config, HubFixture.weights, nested]))
        let model = try await fixture.pull(include: ["*"])
        #expect(model.path == fixture.snapshot)
        #expect(model.files.map(\.path) == ["config.json", "model.safetensors", "onnx/deep/model.json"])
        #expect(model.files.allSatisfy { !$0.wasPresent })
        fixture.expectWhole()
        #expect(HubFiles.target(of: fixture.snapshot + "/config.json") == "../../blobs/" + HubFixture.config.sum)
        #expect(HubFiles.target(of: fixture.snapshot + "/onnx/deep/model.json") == "../../../../blobs/" + nested.sum)
        #expect(HubFiles.kind(fixture.cachePath + "/CACHEDIR.TAG") == .file)
        #expect(fixture.partials == [])
        let again = try await fixture.pull(include: ["*"])
        #expect(again.files.allSatisfy { $0.wasPresent })
        #expect(fixture.weightRequests.count == 1)
    }

    private let nested = FakeRepository.File("onnx/deep/model.json", Array("{}".utf8))

    @Test func selection() throws {
        let url = try #require(HubURL("http://x/"))
        let names = [
            "README.md", "config.json", "flax_model.msgpack", "onnx/config.json", "pytorch_model.bin", "tf_model.h5",
            "vocab.txt", "training_args.bin",
        ]
        func select(_ names: [String], _ patterns: [String] = []) throws -> [String] {
            let files = try names.compactMap { name in
                try RemoteFile(
                    [
                        "type": "file", "path": .string(name), "size": 1,
                        "oid": .string(String(repeating: "a", count: 40)),
                    ],
                    url: url)
            }
            return FileSelection(patterns: patterns).select(files).map(\.path)
        }
        #expect(try select(names) == ["README.md", "config.json", "pytorch_model.bin", "vocab.txt"])
        #expect(
            try select(names + ["model.safetensors"])
                == ["README.md", "config.json", "vocab.txt", "model.safetensors"])
        #expect(try select(names, ["*.json"]) == ["config.json", "onnx/config.json"])
        #expect(try select(names, ["tf_*", "README.md"]) == ["README.md", "tf_model.h5"])
    }

    @Test func nothingSelected() async throws {
        let fixture = try HubFixture()
        #expect(await fixture.failure(include: ["*.gguf"]) == .nothingSelected(id: "org/model", patterns: ["*.gguf"]))
        #expect(HubFiles.kind(fixture.cachePath) == nil)
    }

    @Test func planWritesNothing() async throws {
        let fixture = try HubFixture()
        let plan = try await fixture.client().plan(RepositoryID("org/model"))
        #expect(plan.files.map(\.byteCount) == [29, 100_003, 16])
        #expect(HubFiles.kind(fixture.cachePath) == nil)
    }

    @Test func revisions() async throws {
        let fixture = try HubFixture()
        try await fixture.pull(revision: "refs/pr/1")
        #expect(fixture.server.requests.first?.path == "/api/models/org/model/revision/refs%2Fpr%2F1")
        #expect(fixture.bytes(fixture.modelPath + "/refs/refs/pr/1") == Array(fixture.repository.commit.utf8))
        #expect(fixture.cache.snapshot(of: try RepositoryID("org/model")) == nil)
        #expect(try fixture.cache.locate("org/model@refs/pr/1") == fixture.snapshot)
        #expect(try fixture.cache.locate("org/model@\(fixture.repository.commit)") == fixture.snapshot)
        // A commit is asked for by its name, and gets no other.
        try await fixture.pull(revision: fixture.repository.commit)
        #expect(HubFiles.names(in: fixture.modelPath + "/refs") == ["refs"])
    }

    @Test func newCommit() async throws {
        let first = try HubFixture()
        try await first.pull()
        var repository = FakeRepository([.init("config.json", Array("{}".utf8)), HubFixture.weights])
        repository.commit = String(repeating: "f", count: 40)
        let second = try HubFixture(repository)
        try await second.pull(["HF_HUB_CACHE": first.cachePath])
        #expect(second.weightRequests.isEmpty)
        let id = try RepositoryID("org/model")
        #expect(first.cache.commit(of: id) == repository.commit)
        #expect(first.cache.model(named: id)?.revisions.map(\.commit) == [first.repository.commit, repository.commit])
    }

    @Test func offline() async throws {
        let fixture = try HubFixture()
        let off = ["HF_HUB_OFFLINE": "1"]
        #expect(await fixture.failure(off) == .offline(id: "org/model", missing: ["main"]))
        try await fixture.pull()
        let count = fixture.server.requests.count
        #expect(try await fixture.pull(off).path == fixture.snapshot)
        try FileManager.default.removeItem(atPath: fixture.snapshot + "/vocab.txt")
        #expect(await fixture.failure(off) == .offline(id: "org/model", missing: ["vocab.txt"]))
        #expect(
            await fixture.failure(off, include: ["*.gguf"])
                == .offline(id: "org/model", missing: ["*.gguf", "main"]))
        #expect(try await fixture.pull(off, include: ["*.json"]).files.map(\.path) == ["config.json"])
        #expect(fixture.server.requests.count == count)
    }

    @Test func listOnlyOfTheWhole() async throws {
        let fixture = try HubFixture()
        let list = fixture.modelPath + "/trees/\(fixture.repository.commit).json"
        try await fixture.pull(include: ["*.json"])
        #expect(HubFiles.kind(list) == nil)
        try await fixture.pull()
        #expect(TreeRecord(list)?.files.count == 3)
        #expect(TreeRecord(list)?.files["model.safetensors"]?.hash == .sha256(HubFixture.weights.sum))
    }

    @Test func withoutLinks() async throws {
        let fixture = try HubFixture()
        let variables = ["HF_HUB_DISABLE_SYMLINKS": "1"]
        try await fixture.pull(variables)
        fixture.expectWhole()
        #expect(HubFiles.kind(fixture.snapshot + "/model.safetensors") == .file)
        try await fixture.pull(variables)
        #expect(fixture.weightRequests.count == 1)
    }

    @Test func emptyFile() async throws {
        let fixture = try HubFixture(FakeRepository([HubFixture.config, .init("added_tokens.json", [])]))
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func cancelled() async throws {
        // It cannot end by itself, however busy the machine is.
        let fixture = try HubFixture.withWeights(attempts: 1_000) { _ in
            [.send(FakeRepository.head("200 OK", [HubFixture.length])), .hang]
        }
        let task = Task { await fixture.failure() }
        while fixture.weightRequests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        #expect(await task.value == .cancelled)
        fixture.expectNothingWrong()
    }
}
