import ErlangshenJSON
import Foundation
import Testing

/// The command as users and init systems run it.
@Suite(.timeLimit(.minutes(2)))
struct ServeTests {
    private static let masked = "lm=\(ErlangshenProcess.goldens)/masked-lm"
    private static let labels = "labels=\(ErlangshenProcess.goldens)/three-labels"

    @Test func `SIGTERM ends it with 143, SIGINT with 130, and the log says why`() throws {
        for (number, status) in [(SIGTERM, Int32(143)), (SIGINT, 130)] {
            let server = try RunningServer(["--model", Self.masked])
            server.wait(for: "model is ready")
            server.signal(number)
            let ending = server.wait()
            #expect(ending.status == status)
            #expect(!ending.isSignalled)
            #expect(server.log.contains("stopping"))
        }
    }

    @Test func `SIGHUP loads the models anew and goes on`() throws {
        let server = try RunningServer(["--model", Self.masked])
        server.wait(for: "model is ready")
        server.signal(SIGHUP)
        server.wait(for: "model is ready", times: 2)
        let answer = try ErlangshenProcess.run(["client", "--url", server.url, "有[MASK]"])
        #expect(answer.status == 0, "\(answer.error)")
        server.signal(SIGTERM)
        #expect(server.wait().status == 143)
    }

    @Test func `a service manager is told of every change`() throws {
        let manager = try ManagerSocket()
        let server = try RunningServer(
            ["--model", Self.masked],
            environment: ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "100000"])
        // Signs of life come at any time, and again and again; the rest in its order.
        func next() -> String? {
            while let message = manager.receive() {
                if message != "WATCHDOG=1" { return message.split(separator: "\n").first.map(String.init) }
            }
            return nil
        }
        #expect(next() == "READY=1")
        server.signal(SIGHUP)
        #expect(next() == "RELOADING=1")
        #expect(next() == "READY=1")
        var isAlive = false
        while !isAlive, let message = manager.receive() { isAlive = message == "WATCHDOG=1" }
        #expect(isAlive)
        server.signal(SIGTERM)
        #expect(next() == "STOPPING=1")
        #expect(server.wait().status == 143)
        let wrong = try ErlangshenProcess.run(
            ["serve", "--port", "0", "--model", Self.masked], environment: ["NOTIFY_SOCKET": "nowhere"])
        #expect(wrong.status == 78, "\(wrong.error)")
    }

    @Test func `the client gets what the library answers`() throws {
        let server = try RunningServer(["--model", Self.masked, "--model", Self.labels])
        let direct = try ErlangshenProcess.run(
            ["fill-mask", "--json", "--threads", "1", "--model", "\(ErlangshenProcess.goldens)/masked-lm", "有[MASK]"])
        let first = try ErlangshenProcess.run(["client", "--url", server.url, "有[MASK]"])
        #expect(first.status == 0, "\(first.error)")
        #expect(first.output == direct.output)
        let named = try ErlangshenProcess.run(
            ["client", "--url", server.url, "--name", "labels", "--set", "top_k=1", "今天", "明天"])
        #expect(try JSONValue.parse(named.output).arrayValue?.count == 2)
        let zero = try ErlangshenProcess.run([
            "client", "--url", server.url, "--name", "labels", "--task", "zero-shot-classification", "--set",
            "candidate_labels=[\"甲\",\"乙\"]", "今天",
        ])
        #expect(try JSONValue.parse(zero.output).arrayValue?.count == 2)
        let info = try ErlangshenProcess.run(["client", "--url", server.url, "--show", "info"])
        #expect(try JSONValue.parse(info.output)["models"]?.arrayValue?.count == 2)
        let refused = try ErlangshenProcess.run(["client", "--url", server.url, "没有"])
        #expect(refused.status == 65)
        #expect(refused.error.contains("No mask_token"))
        let unknown = try ErlangshenProcess.run(["client", "--url", server.url, "--name", "nobody", "有[MASK]"])
        #expect(unknown.status == 66)
    }

    @Test func `a key from a file or the environment is asked for`() throws {
        try ErlangshenProcess.withFolder { folder in
            let path = folder + "/key"
            try Data("0123456789abcdef\n".utf8).write(to: URL(fileURLWithPath: path))
            let server = try RunningServer(["--model", Self.masked, "--api-key-file", path])
            #expect(try ErlangshenProcess.run(["client", "--url", server.url, "有[MASK]"]).status == 77)
            let allowed = try ErlangshenProcess.run(
                ["client", "--url", server.url, "有[MASK]"], environment: ["ERLANGSHEN_API_KEY": "0123456789abcdef"])
            #expect(allowed.status == 0, "\(allowed.error)")
            #expect(!server.log.contains("0123456789abcdef"))
            try Data("short".utf8).write(to: URL(fileURLWithPath: path))
            let short = try ErlangshenProcess.run(["serve", "--model", Self.masked, "--api-key-file", path])
            #expect(short.status == 78)
        }
    }

    @Test func `what keeps it from starting ends it with its status`() throws {
        let server = try RunningServer(["--model", Self.masked])
        let taken = try ErlangshenProcess.run(["serve", "--model", Self.masked, "--port", "\(server.port)"])
        #expect(taken.status == 69, "\(taken.error)")
        #expect(taken.error.contains("cannot listen"))
        #expect(try ErlangshenProcess.run(["serve", "--model", "/nowhere"]).status == 66)
        #expect(try ErlangshenProcess.run(["serve", "--model", Self.masked, "--model", Self.masked]).status == 64)
        #expect(try ErlangshenProcess.run(["serve", "--model", Self.masked, "--max-queue", "0"]).status == 64)
        #expect(try ErlangshenProcess.run(["serve", "--port", "70000"]).status == 64)
        try ErlangshenProcess.withFolder { folder in
            let empty = try ErlangshenProcess.run(["serve", "--port", "0", "--model", folder])
            #expect([65, 66].contains(empty.status), "\(empty.error)")
        }
        let nobody = try ErlangshenProcess.run(["client", "--url", "http://127.0.0.1:1", "--retries", "0", "有[MASK]"])
        #expect(nobody.status == 69)
        #expect(try ErlangshenProcess.run(["client", "--url", "https://127.0.0.1", "有[MASK]"]).status == 64)
    }
}
