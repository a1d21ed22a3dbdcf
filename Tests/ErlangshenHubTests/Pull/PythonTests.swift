import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

/// Both ways with Python's huggingface_hub: what either fetches the other finds, without the network.
@Suite struct PythonTests {
    /// `PYTHON`, else the interpreter of the peers in the user's cache folder.
    private static let python =
        ProcessInfo.processInfo.environment["PYTHON"] ?? NSHomeDirectory() + "/.cache/erlangshen-peers/bin/python"

    /// Runs a program with the variables of a fixture; nil, with the reason printed, where huggingface_hub is not there.
    private func run(_ program: String, _ fixture: HubFixture, _ variables: [String: String] = [:]) throws -> String? {
        guard FileManager.default.isExecutableFile(atPath: Self.python) else {
            print("skipped: huggingface_hub is not compared, there is no Python of the peers; set PYTHON")
            return nil
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        let guarded = "try:\n import huggingface_hub\nexcept ImportError:\n raise SystemExit(3)\n" + program
        process.arguments = ["-c", guarded]
        process.environment = [
            "HF_ENDPOINT": "http://127.0.0.1:\(fixture.server.port)", "HF_HUB_CACHE": fixture.cachePath,
            "HOME": fixture.folder, "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_XET": "1", "PATH": "/usr/bin:/bin",
        ].merging(variables) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus != 3 else {
            print("skipped: huggingface_hub is not compared, the Python of the peers does not have it")
            return nil
        }
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func pythonFindsOurs() async throws {
        let fixture = try HubFixture()
        try await fixture.pull()
        let count = fixture.server.requests.count
        let program = """
            from huggingface_hub import snapshot_download, hf_hub_download, scan_cache_dir, try_to_load_from_cache
            print(snapshot_download("org/model"))
            print(hf_hub_download("org/model", "model.safetensors"))
            print(try_to_load_from_cache("org/model", "config.json"))
            info = scan_cache_dir()
            print([str(w) for w in info.warnings], [(r.repo_id, r.nb_files, r.size_on_disk) for r in info.repos])
            """
        guard let found = try run(program, fixture, ["HF_HUB_OFFLINE": "1"]) else { return }
        #expect(
            found.split(separator: "\n").map(String.init) == [
                fixture.snapshot, fixture.snapshot + "/model.safetensors", fixture.snapshot + "/config.json",
                "[] [('org/model', 3, 100048)]",
            ])
        #expect(fixture.server.requests.count == count)
    }

    @Test func weFindPythons() async throws {
        let fixture = try HubFixture()
        let program = "from huggingface_hub import snapshot_download\nprint(snapshot_download('org/model'))"
        guard let path = try run(program, fixture) else { return }
        #expect(path == fixture.snapshot)
        fixture.expectWhole()
        #expect(try fixture.cache.locate("org/model") == path)
        #expect(try await fixture.pull(["HF_HUB_OFFLINE": "1"]).files.count == 3)
        let weights = fixture.weightRequests.count
        #expect(try await fixture.pull().files.allSatisfy { $0.wasPresent })
        #expect(fixture.weightRequests.count == weights)
        let (count, faults) = try fixture.cache.verify(RepositoryID("org/model"))
        #expect(count == 3 && faults == [])
    }

    @Test func eitherReplacesNothingOfTheOther() async throws {
        let fixture = try HubFixture()
        try await fixture.pull(include: ["*.json"])
        let program = "from huggingface_hub import snapshot_download\nprint(snapshot_download('org/model'))"
        guard try run(program, fixture) != nil else { return }
        fixture.expectWhole()
        #expect(fixture.server.requests.filter { $0.method == "GET" && $0.path.hasSuffix("config.json") }.count == 1)
        try await fixture.pull(["HF_ENDPOINT": "http://127.0.0.1:\(fixture.server.port)"])
        fixture.expectWhole()
    }
}
