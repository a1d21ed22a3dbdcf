import ErlangshenHub
import ErlangshenJSON
import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenCLI

@Suite struct PullTests {
    private static let tiny = ErlangshenProcess.goldens + "/masked-lm"
    private static let question = "桂林是[MASK]"

    /// The tiny model as the hub would have it.
    private func repository() throws -> FakeRepository {
        let names = ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"]
        return FakeRepository(
            try names.map { name in
                FakeRepository.File(
                    name, Array(try Data(contentsOf: URL(fileURLWithPath: Self.tiny + "/" + name))),
                    isLarge: name.hasSuffix(".safetensors"))
            })
    }

    private func variables(_ server: FakeServer, _ folder: String, _ more: [String: String] = [:]) -> [String: String] {
        ["HF_ENDPOINT": "http://127.0.0.1:\(server.port)", "HF_HUB_CACHE": folder].merging(more) { $1 }
    }

    private func withHub(
        _ answer: (@Sendable (FakeServer.Request) -> [FakeServer.Step]?)? = nil,
        _ body: (FakeServer, FakeRepository, String) throws -> Void
    ) throws {
        let repository = try repository()
        let server = try FakeServer { answer?($0) ?? repository.answer($0) }
        defer { server.stop() }
        try ErlangshenProcess.withFolder { try body(server, repository, $0) }
    }

    @Test func `a pulled model answers by its name, without the network`() throws {
        try withHub { server, repository, folder in
            let environment = variables(server, folder, ["HF_TOKEN": "hf_secretsecret"])
            let pulled = try ErlangshenProcess.run(["pull", "org/model"], environment: environment)
            let path = folder + "/models--org--model/snapshots/" + repository.commit
            #expect(pulled.status == 0 && pulled.lines == [path], "\(pulled.error)")
            let count = server.requests.count
            let expected = try ErlangshenProcess.run(["fill-mask", "-m", Self.tiny, Self.question])
            #expect(!expected.output.isEmpty)
            for name in ["org/model", "org/model@main", path, folder + "/models--org--model", "models--org--model"] {
                let found = try ErlangshenProcess.run(
                    ["fill-mask", "-m", name, Self.question], environment: environment)
                #expect(found.output == expected.output, "\(name): \(found.error)")
                let info = try ErlangshenProcess.run(["info", "-m", name, "--json"], environment: environment)
                #expect(info.status == 0, "\(info.error)")
            }
            let set = environment.merging(["ERLANGSHEN_MODEL": "org/model"]) { $1 }
            #expect(
                try ErlangshenProcess.run(["fill-mask", Self.question], environment: set).output == expected.output)
            let converted = try ErlangshenProcess.run(
                ["convert", "org/model", folder + "/out", "--dtype", "bf16"], environment: environment)
            #expect(converted.status == 0, "\(converted.error)")
            #expect(server.requests.count == count)
        }
    }

    @Test func `what is missing is said with the command that fetches it`() throws {
        try withHub { server, _, folder in
            for (arguments, status, text) in [
                (["info", "-m", "org/model"], 66, "erlangshen pull org/model"),
                (["info", "-m", "org/model@v2"], 66, "erlangshen pull org/model --revision v2"),
                (["pull", "a/b/c"], 64, "no model of the hub"),
                (["pull", "org/model", "--revision", ".."], 64, "revision"),
                (["pull", "org/model", "--include", "*.gguf"], 64, "*.gguf"),
                (["cache", "rm", "org/model"], 66, "not in the cache"),
                (["cache", "verify", "org/model"], 66, "not in the cache"),
            ] {
                let ending = try ErlangshenProcess.run(arguments, environment: variables(server, folder))
                #expect(ending.status == status && ending.error.contains(text), "\(arguments) \(ending)")
            }
            let off = variables(server, folder, ["HF_HUB_OFFLINE": "1"])
            let ending = try ErlangshenProcess.run(["pull", "org/model"], environment: off)
            #expect(ending.status == 66 && ending.error.contains("HF_HUB_OFFLINE"))
            let wrong = variables(server, folder, ["HF_TOKEN": "hf secret"])
            let refused = try ErlangshenProcess.run(["pull", "org/model"], environment: wrong)
            #expect(refused.status == 78 && refused.error.contains("HF_TOKEN") && !refused.error.contains("secret"))
        }
    }

    @Test func `a token shows nowhere`() throws {
        try withHub({ _ in FakeRepository.reply("403 Forbidden", [], []) }) { server, _, folder in
            let environment = variables(server, folder, ["HF_TOKEN": "hf_secretsecret"])
            let ending = try ErlangshenProcess.run(["pull", "org/model"], environment: environment)
            #expect(ending.status == 77 && !(ending.output + ending.error).contains("secret"))
            #expect(server.requests.first?.headers["authorization"] == "Bearer hf_secretsecret")
        }
    }

    @Test func `a killed pull goes on where it stopped`() throws {
        let weights = try repository().files[1]
        let half = weights.bytes.count / 2
        let hold: @Sendable (FakeServer.Request) -> [FakeServer.Step]? = { request in
            guard request.path.hasSuffix("model.safetensors"), request.headers["range"] == nil else { return nil }
            let head = FakeRepository.head("200 OK", ["Content-Length: \(weights.bytes.count)", "ETag: \"x\""])
            return [.send(head), .send(Array(weights.bytes[..<half])), .hang]
        }
        try withHub(hold) { server, repository, folder in
            let environment = variables(server, folder)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: ErlangshenProcess.path)
            process.arguments = ["pull", "org/model"]
            process.environment = environment.merging(["HOME": folder, "HF_HUB_DOWNLOAD_TIMEOUT": "60"]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let blobs = folder + "/models--org--model/blobs"
            func parts() -> [Int] {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: blobs)) ?? []
                return names.filter { $0.hasSuffix(".incomplete") }.map { POSIX.size(blobs + "/" + $0) ?? 0 }
            }
            while process.isRunning, parts() != [half] { usleep(10_000) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(parts() == [half])
            let ending = try ErlangshenProcess.run(["pull", "org/model", "--json"], environment: environment)
            #expect(ending.status == 0, "\(ending.error)")
            let last = server.requests.last { $0.path.hasSuffix("model.safetensors") }
            #expect(last?.headers["range"] == "bytes=\(half)-" && last?.headers["if-range"] == "\"x\"")
            #expect(parts() == [])
            let verified = try ErlangshenProcess.run(["cache", "verify"], environment: environment)
            #expect(verified.lines == ["4 files of 1 models read, 0 faults"], "\(verified)")
            let reply = try JSONValue.parse(ending.output)
            #expect(reply["commit"]?.stringValue == repository.commit && reply["files"]?.arrayValue?.count == 4)
        }
    }

    @Test func `several processes at once fetch one model`() throws {
        let weights = try repository().files[1]
        let slowly: @Sendable (FakeServer.Request) -> [FakeServer.Step]? = { request in
            guard request.path.hasSuffix("model.safetensors"), request.headers["range"] == nil else { return nil }
            let head = FakeRepository.head("200 OK", ["Content-Length: \(weights.bytes.count)"])
            return [.send(head), .drip(weights.bytes, piece: 200)]
        }
        try withHub(slowly) { server, repository, folder in
            let settings = "HF_ENDPOINT=http://127.0.0.1:\(server.port) HF_HUB_CACHE=\(folder)/hub"
            // A shell's own `wait` sleeps for ever where its parent has the signal of a child's end blocked.
            let pull = "xargs -n 1 -P 4 sh -c '\"$erlangshen\" pull org/model || echo failed'"
            let ending = try ErlangshenProcess.shell("seq 4 | \(settings) \(pull)")
            let path = folder + "/hub/models--org--model/snapshots/" + repository.commit
            #expect(ending.lines == [path, path, path, path], "\(ending)")
            let verified = try ErlangshenProcess.shell("\(settings) \"$erlangshen\" cache verify")
            #expect(verified.lines == ["4 files of 1 models read, 0 faults"], "\(verified)")
            let blobs = folder + "/hub/models--org--model/blobs"
            let names = try FileManager.default.contentsOfDirectory(atPath: blobs)
            #expect(names.sorted() == repository.files.map(\.sum).sorted())
        }
    }

    @Test func `a full disk leaves no wrong file`() throws {
        try withHub { server, _, folder in
            let settings = "HF_ENDPOINT=http://127.0.0.1:\(server.port) HF_HUB_CACHE=\(folder)/hub"
            // The limit of a file's size stands for the end of a disk; the system says it in the same place.
            let ending = try ErlangshenProcess.shell(
                "trap '' XFSZ; ulimit -f 16; \(settings) \"$erlangshen\" pull org/model")
            #expect(ending.status == 74 && ending.error.contains("cannot write"), "\(ending)")
            let fine = try ErlangshenProcess.shell("\(settings) \"$erlangshen\" cache verify")
            #expect(fine.status == 0 && fine.output.contains(" 0 faults"), "\(fine)")
            let whole = try ErlangshenProcess.shell("\(settings) \"$erlangshen\" pull org/model -q")
            #expect(whole.status == 0, "\(whole.error)")
        }
    }

    @Test func `the cache is listed, checked and cleared`() throws {
        try withHub { server, repository, folder in
            let environment = variables(server, folder)
            func run(_ arguments: String...) throws -> ErlangshenProcess.Ending {
                try ErlangshenProcess.run(arguments, environment: environment)
            }
            #expect(try run("cache", "ls").error.contains("no model"))
            let plan = try run("pull", "org/model", "--dry-run")
            #expect(plan.lines.count == 4 && plan.lines.allSatisfy { $0.hasSuffix("to fetch") }, "\(plan)")
            #expect(try run("pull", "org/model").status == 0)
            let listed = try run("cache", "ls").lines
            #expect(listed.count == 1)
            #expect(listed.first?.split(separator: "\t").map(String.init).last == "main")
            #expect(listed.first?.contains(repository.commit) == true)
            let json = try JSONValue.parse(try run("cache", "ls", "--json").output)
            #expect(json["models"]?.arrayValue?.first?["id"]?.stringValue == "org/model")
            let blob = folder + "/models--org--model/blobs/" + repository.files[0].sum
            try Data("{}".utf8).write(to: URL(fileURLWithPath: blob))
            let damaged = try run("cache", "verify")
            #expect(damaged.status == 65 && damaged.output.contains("erlangshen pull org/model"), "\(damaged)")
            #expect(try run("pull", "org/model").status == 0)
            #expect(try run("cache", "verify", "--json").status == 0)
            #expect(try run("cache", "rm", "org/model").error.contains("removed org/model"))
            #expect(try run("cache", "ls").lines == [])
        }
    }

    @Test func `progress tells the rate and the time left`() {
        var progress = PullProgress()
        progress.note(.listed(commit: "c", fileCount: 2, byteCount: 101 << 20), now: 0)
        #expect(progress.line(now: 0) == nil)
        progress.note(.finished(path: "a", byteCount: 1 << 20, wasPresent: true), now: 1)
        progress.note(.received(path: "b", byteCount: 20 << 20, total: 100 << 20), now: 2)
        #expect(progress.line(now: 2) == "b: 21.0 MiB of 101.0 MiB")
        progress.note(.received(path: "b", byteCount: 60 << 20, total: 100 << 20), now: 12)
        // 40 MiB in 10 s; what an earlier run left is no part of the rate.
        #expect(progress.line(now: 12) == "b: 61.0 MiB of 101.0 MiB, 4.0 MiB/s, 0:10 left")
    }
}
