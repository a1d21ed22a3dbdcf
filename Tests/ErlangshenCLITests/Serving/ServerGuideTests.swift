import Foundation
import Testing

/// The examples of `docs/server.md` and its Chinese twin, run as they stand, on another port and a small model.
@Suite(.timeLimit(.minutes(2)))
struct ServerGuideTests {
    private static let documents = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs").path

    private static func example(_ name: String, of document: String) throws -> String {
        let text = try String(contentsOfFile: "\(documents)/\(document)", encoding: .utf8)
        let parts = text.components(separatedBy: "<!-- example: \(name) -->\n```")
        try #require(parts.count == 2, "\(document) has no example \(name)")
        let code = parts[1].components(separatedBy: "\n```\n")[0]
        return code.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
    }

    private static func placed(_ code: String, _ server: RunningServer) -> String {
        code.replacing("127.0.0.1:8080", with: "127.0.0.1:\(server.port)")
    }

    @Test(arguments: ["server.md", "server.zh.md"]) func `the examples work`(_ document: String) throws {
        // The flags of the example are those of the command.
        #expect(try Self.example("serve", of: document).hasPrefix("erlangshen serve --model lm="))
        let server = try RunningServer(["--model", "lm=\(ErlangshenProcess.goldens)/masked-lm"])
        server.wait(for: "model is ready")
        let shell = try Self.placed(Self.example("shell", of: document), server)
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/curl") {
            let script =
                "set -e\nerlangshen() { \"$erlangshen\" \"$@\"; }\n" + shell.replacing("curl -s", with: "curl -sSf")
            let ending = try ErlangshenProcess.shell(script)
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.output.contains("token_str"))
        } else {
            print("skipped: no curl for the examples of \(document)")
        }
        try python(Self.placed(Self.example("python-plain", of: document), server), needs: "json", document)
        try python(Self.placed(Self.example("python", of: document), server), needs: "huggingface_hub, numpy", document)
    }

    private func python(_ code: String, needs modules: String, _ document: String) throws {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        let places = [
            ProcessInfo.processInfo.environment["PYTHON"], "\(home)/.cache/erlangshen-peers/bin/python",
            "/usr/bin/python3",
        ].compactMap(\.self)
        let found = try places.first { place in
            try ErlangshenProcess.shell("'\(place)' -c 'import \(modules)' 2>/dev/null").status == 0
        }
        guard let found else {
            print("skipped: no Python with \(modules) for the examples of \(document)")
            return
        }
        let ending = try ErlangshenProcess.shell("NO_PROXY=127.0.0.1 '\(found)' - <<'PYTHON'\n\(code)\nPYTHON\n")
        #expect(ending.status == 0, "\(ending.error)")
        #expect(!ending.output.isEmpty)
    }
}
