import ErlangshenJSON
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
    private static let ask =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n\"有[MASK]\""

    @Test func `what is in work and in the queue is answered before the end`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(gate: gate) { server in
            let queue = try server.registry.model(nil).queue
            let first = Task { try await server.send("POST", "/", "有[MASK]") }
            try await server.wait { gate.arrivedCount == 1 }
            let tasks = [first] + (0..<7).map { _ in Task { try await server.send("POST", "/", "有[MASK]") } }
            try await server.wait { queue.waitingCount == 7 }
            server.service.stop()
            try await server.wait { server.service.isStopping }
            gate.open()
            for task in tasks {
                let reply = try await task.value
                #expect(reply.status == 200)
            }
        }
    }

    @Test func `a kept connection may send what was on its way, and is told that it ends`() async throws {
        try await ServerUnderTest.run { server in
            let connection = try RawConnection(port: server.port)
            connection.send(Self.ask)
            try await server.wait { server.log.text.contains("status=200") }
            server.service.stop()
            connection.send(Self.ask)
            let text = await connection.readAll()
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3, "\(text)")
            #expect(text.lowercased().components(separatedBy: "connection: close").count == 2, "\(text)")
        }
    }

    @Test func `at the deadline what still waits is told to go elsewhere`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: { $0.limits.shutdownSeconds = 0.2 }, gate: gate) { server in
            let queue = try server.registry.model(nil).queue
            let first = Task { try await server.send("POST", "/", "有[MASK]") }
            try await server.wait { gate.arrivedCount == 1 }
            let tasks = [first, Task { try await server.send("POST", "/", "有[MASK]") }]
            try await server.wait { queue.waitingCount == 1 }
            server.service.stop()
            try await server.wait { queue.waitingCount == 0 }
            gate.open()
            var statuses: [Int] = []
            for task in tasks { statuses.append((try? await task.value.status) ?? 0) }
            #expect(statuses.contains(503))
        }
    }

    @Test func `health says that the server is going`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(gate: gate) { server in
            let held = Task { try await server.send("POST", "/", "有[MASK]") }
            try await server.wait { gate.arrivedCount == 1 }
            let kept = try RawConnection(port: server.port)
            kept.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await server.wait { server.log.text.contains("route=/health") }
            server.service.stop()
            kept.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let text = await kept.readAll()
            #expect(text.contains("HTTP/1.1 503"), "\(text)")
            #expect(text.contains("Draining"))
            gate.open()
            #expect(try await held.value.status == 200)
        }
    }
}
