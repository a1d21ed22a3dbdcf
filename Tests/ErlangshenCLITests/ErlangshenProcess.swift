import Foundation
import Testing

/// The built program, run as a user runs it.
struct ErlangshenProcess {
    /// How it ended and what it wrote.
    struct Ending {
        let status: Int32
        /// Whether a signal ended it; `status` is its number then.
        let isSignalled: Bool
        let output: String
        let error: String

        var lines: [String] {
            output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }

    private final class Anchor {}

    /// Beside the test bundle, where SwiftPM puts products.
    static let path: String = {
        let places = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            Bundle(for: Anchor.self).bundleURL.deletingLastPathComponent(), Bundle(for: Anchor.self).bundleURL,
        ]
        let found = places.map { $0.appendingPathComponent("erlangshen").path }
        return found.first { FileManager.default.isExecutableFile(atPath: $0) } ?? found[0]
    }()

    /// A cache folder of the tests: the default model is written once for all of them, and removed when they end.
    static let cache: String = {
        atexit { try? FileManager.default.removeItem(atPath: ErlangshenProcess.cachePath) }
        return cachePath
    }()

    private static let cachePath = NSTemporaryDirectory() + "erlangshen-cli-tests-\(getpid())"

    /// Checkpoints that transformers answered for: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
    static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ErlangshenPipelinesTests/Goldens").path

    /// Distance of a printed number from the answer of transformers.
    static let tolerance = 1e-4

    /// Runs the program to its end.
    ///
    /// Input and output are files, so that nothing can fill up and wait.
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], output: String? = nil
    ) throws -> Ending {
        try run(path, arguments, input: input, environment: environment, output: output)
    }

    /// Runs the program with text on standard input.
    static func run(_ arguments: [String], text: String) throws -> Ending {
        try run(arguments, input: Array(text.utf8))
    }

    /// Runs a shell script in which `$erlangshen` is the program.
    static func shell(_ script: String) throws -> Ending {
        try run("/bin/sh", ["-c", script], input: [], environment: ["erlangshen": path], output: nil)
    }

    private static func run(
        _ executable: String, _ arguments: [String], input: [UInt8], environment: [String: String], output: String?
    ) throws -> Ending {
        let folder = NSTemporaryDirectory() + "erlangshen-run-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = ["in", "out", "err"].map { "\(folder)/\($0)" }
        for (path, contents) in zip(files, [Data(input), Data(), Data()]) {
            try contents.write(to: URL(fileURLWithPath: path))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "XDG_CACHE_HOME": cache]
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: output ?? files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        try process.run()
        process.waitUntilExit()
        return Ending(
            status: process.terminationStatus, isSignalled: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOfFile: files[1], encoding: .utf8),
            error: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    /// Calls `body` with a folder of its own that is removed afterwards.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "erlangshen-cli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
