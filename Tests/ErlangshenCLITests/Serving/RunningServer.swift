import Foundation
import Testing

/// `erlangshen serve` as a process, on a free port.
final class RunningServer {
    let port: Int
    let url: String
    private let process = Process()
    private let folder: String

    /// Starts it and waits until it listens.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = NSTemporaryDirectory() + "erlangshen-serve-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let log = folder + "/log"
        try Data().write(to: URL(fileURLWithPath: log))
        process.executableURL = URL(fileURLWithPath: ErlangshenProcess.path)
        process.arguments = ["serve", "--port", "0", "--threads", "1"] + arguments
        var variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "XDG_CACHE_HOME": ErlangshenProcess.cache]
        variables.merge(environment) { $1 }
        process.environment = variables
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var found: Int?
        while found == nil, process.isRunning {
            let text = try String(contentsOfFile: log, encoding: .utf8)
            if let match = text.firstMatch(of: /listening at http:\/\/127\.0\.0\.1:(\d+)\n/) { found = Int(match.1) }
            if found == nil { Thread.sleep(forTimeInterval: 0.01) }
        }
        let text = try String(contentsOfFile: log, encoding: .utf8)
        port = try #require(found, "\(text)")
        url = "http://127.0.0.1:\(port)"
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What it wrote to standard error.
    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end.
    func wait() -> (status: Int32, isSignalled: Bool) {
        wait { !process.isRunning }
        if process.isRunning { signal(SIGKILL) }
        process.waitUntilExit()
        return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
    }

    /// Waits until the log says something.
    func wait(for text: String, times: Int = 1) {
        wait { !process.isRunning || log.components(separatedBy: text).count > times }
    }

    /// Waits until something holds, for as long as nothing takes that works.
    private func wait(until holds: () -> Bool) {
        for _ in 0..<6_000 {
            if holds() { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record("waited for a minute in vain: \(log)")
    }
}
