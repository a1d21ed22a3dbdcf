import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenPipelines
import Foundation
import Testing

@testable import ErlangshenCLI

/// Every exit status of docs/cli.md, each by a run that ends with it where a test can bring that about.
struct ExitReasonTests {
    private func ends(
        _ arguments: [String], _ status: ExitReason, saying words: [String], input: [UInt8] = [],
        environment: [String: String] = [:], output: String? = nil
    ) throws {
        let ending = try ErlangshenProcess.run(arguments, input: input, environment: environment, output: output)
        #expect(ending.status == status.rawValue && !ending.isSignalled, "\(arguments): \(ending.error)")
        for word in words { #expect(ending.error.contains(word), "\(arguments)") }
        if output == nil, status != .success { #expect(ending.output == "", "\(arguments)") }
    }

    private let tiny = ErlangshenProcess.goldens + "/masked-lm"

    @Test func `0: all went well`() throws {
        try ends(["--version"], .success, saying: [])
        try ends(["fill-mask", "-m", tiny, "有[MASK]"], .success, saying: [])
        try ends(["fill-mask", "-m", tiny], .success, saying: ["no text in standard input"], input: [])
        try ends(["fill-mask", "-m", tiny, "-k1", "有[MASK]"], .success, saying: [])
    }

    @Test func `64: the command line is wrong`() throws {
        try ends(["fill-mask", "--nonsense"], .usage, saying: ["--nonsense", "Usage:"])
        try ends(["nonsense"], .usage, saying: ["nonsense"])
        try ends(["fill-mask", "--top-k", "0", "x"], .usage, saying: ["--top-k is 0"])
        try ends(["fill-mask", "--joint", "--targets", "a", "x"], .usage, saying: ["--whole-targets"])
        try ends(["fill-mask", "--threads", "-1", "x"], .usage, saying: ["--threads"])
        try ends(["fill-mask", "-m", tiny, "--file", "a", "x"], .usage, saying: ["--file", "use one of them"])
        try ends(["classify", "x"], .usage, saying: ["--model DIR"])
        try ends(["bench", "--shapes", "8*128"], .usage, saying: ["8x128"])
    }

    @Test func `65: text or model is not what it should be`() throws {
        try ends(
            ["fill-mask", "-m", tiny, "没有"], .badData, saying: ["argument 1", "No mask_token ([MASK])", "put [MASK]"])
        try ends(
            ["fill-mask", "-m", tiny], .badData, saying: ["line 1 of standard input", "byte 4", "iconv"],
            input: Array("有".utf8) + [0xFF])
        try ErlangshenProcess.withFolder { folder in
            try FileManager.default.copyItem(atPath: tiny, toPath: folder + "/m")
            try Data("garbage".utf8).write(to: URL(fileURLWithPath: folder + "/m/model.safetensors"))
            try ends(["fill-mask", "-m", folder + "/m", "[MASK]"], .badData, saying: ["model.safetensors"])
            let doctor = try ErlangshenProcess.run(["doctor", "-m", folder + "/m"])
            #expect(doctor.status == 65 && doctor.output.contains("weights") && doctor.error.contains("1 error;"))
        }
    }

    @Test func `65: a mask that was cut off is told from a mask that is missing`() throws {
        try ends(
            ["fill-mask", "-m", tiny, "--max-tokens", "4", "山水甲天下[MASK]"], .badData,
            saying: ["No mask_token ([MASK])", "beyond the tokens that were kept"])
    }

    @Test(arguments: [
        ("config.json", "<!DOCTYPE html><title>Sign in</title>", "web page"), ("config.json", "", "empty"),
        ("config.json", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        ("vocab.txt", "<!DOCTYPE html><title>Sign in</title>", "HTML"), ("vocab.txt", "", "empty"),
        ("vocab.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        ("model.safetensors", "<!DOCTYPE html><title>Sign in</title>", "web page"), ("model.safetensors", "", "empty"),
        ("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
    ])
    func `65: what a download left in place of a file is named`(file: String, contents: String, word: String) throws {
        try ErlangshenProcess.withFolder { folder in
            try FileManager.default.copyItem(atPath: tiny, toPath: folder + "/m")
            try Data(contents.utf8).write(to: URL(fileURLWithPath: "\(folder)/m/\(file)"))
            try ends(
                ["fill-mask", "-m", folder + "/m", "[MASK]"], .badData, saying: ["/m/\(file)", word, "download"])
        }
    }

    @Test func `65: arguments that are not UTF-8`() throws {
        let ending = try ErlangshenProcess.shell(#""$erlangshen" fill-mask "$(printf 'a\377')""#)
        #expect(ending.status == 65 && ending.error.contains("argument 2 is not UTF-8"))
    }

    @Test func `66: a file or folder is not there`() throws {
        try ends(
            ["tokenize", "-m", tiny, "--file", "/nowhere"], .inputMissing, saying: ["/nowhere", "check the path"])
        try ends(["tokenize", "-m", tiny, "--file", "/tmp"], .inputMissing, saying: ["is a folder", "--model"])
        try ends(
            ["fill-mask", "-m", "/nowhere", "x"], .inputMissing, saying: ["no model folder '/nowhere'", "vocab.txt"])
        try ends(["fill-mask", "-m", tiny + "/vocab.txt", "x"], .inputMissing, saying: ["is a file", "folder"])
        try ends(["convert", "/nowhere", "/tmp/x"], .inputMissing, saying: ["/nowhere"])
        try ErlangshenProcess.withFolder { folder in
            try ends(["embed", "-m", folder, "x"], .inputMissing, saying: [folder + "/vocab.txt"])
            try ends(["info", "-m", folder], .inputMissing, saying: [folder + "/config.json", "check the path"])
            try ends(["convert", folder, folder + "/x"], .inputMissing, saying: [folder, "Download the weights"])
        }
    }

    @Test func `69: memory, device or library cannot be had`() {
        #expect(ExitReason(of: ComputeError.unavailable(name: "oneDNN", reason: "absent")) == .unavailable)
        #expect(ExitReason(of: PipelineError.compute(.outOfMemory(byteCount: 1, purpose: "a tensor"))) == .unavailable)
    }

    @Test func `70: a defect of the program`() {
        struct Unheard: Error {}
        #expect(ExitReason(of: Unheard()) == .internalError)
        #expect(ExitReason(of: ComputeError.failed(operation: "x", status: 1)) == .internalError)
    }

    @Test func `73: the output cannot be made`() throws {
        try ErlangshenProcess.withFolder { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/there.safetensors"))
            try ends(
                ["convert", tiny + "/model.safetensors", folder + "/there.safetensors"], .cannotCreate,
                saying: ["exists", "--overwrite"])
            try ends(
                ["convert", tiny + "/model.safetensors", folder + "/no/such/x.safetensors"], .cannotCreate,
                saying: [folder, "make the folder above it first"])
            try ends(
                ["fill-mask", "[MASK]"], .cannotCreate, saying: ["demonstration model"],
                environment: ["XDG_CACHE_HOME": "/dev/null", "HOME": "/dev/null", "TMPDIR": "/dev/null"])
        }
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full")))
    func `74: writing fails half way`() throws {
        try ends(
            ["tokenize", "-m", tiny, "水"], .inputOutput, saying: ["standard output", "space"], output: "/dev/full")
    }

    @Test func `77: rights forbid it`() throws {
        #expect(SystemFailure(code: EACCES).statusForReading == .notPermitted)
        #expect(SystemFailure(code: EACCES).statusForWriting == .notPermitted)
        #expect(ExitReason(of: CheckpointError.system(operation: "open", path: "x", code: EACCES)) == .notPermitted)
        #expect(ExitReason(of: CheckpointError.system(operation: "write", path: "x", code: ENOSPC)) == .inputOutput)
    }

    @Test func `78: the environment is set wrongly`() throws {
        try ends(
            ["fill-mask", "x"], .configuration, saying: ["ERLANGSHEN_MODEL", "/nowhere"],
            environment: ["ERLANGSHEN_MODEL": "/nowhere"])
        try ends(
            ["fill-mask", "-m", tiny, "[MASK]"], .configuration, saying: ["ERLANGSHEN_ISA", "wobble"],
            environment: ["ERLANGSHEN_ISA": "wobble"])
    }

    @Test func `a closed pipe ends it quietly`() throws {
        // SwiftNIO, once another test has used it, has the signal ignored here, and `yes` inherits that: then it complains.
        let ending = try ErlangshenProcess.shell(
            #"(yes 水 2>/dev/null | "$erlangshen" tokenize -m '\#(tiny)'; echo "status $?" >&2) | head -n 2"#)
        #expect(ending.lines.count == 2)
        // 128 + SIGPIPE, and not a word beside it.
        #expect(ending.error == "status 141\n")
    }

    @Test func `the page names every status`() throws {
        for page in ["cli.md", "cli.zh.md"] {
            let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../../docs/\(page)")
            let text = try String(contentsOf: url, encoding: .utf8)
            for status in ExitReason.allCases { #expect(text.contains("| \(status.rawValue) |"), "\(page) \(status)") }
        }
    }
}
