import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// Slow but in time: what comes in pieces within each deadline is served. ConnectionLimitsTests goes beyond each.
@Suite(.timeLimit(.minutes(1)))
struct DeadlineTests {
    /// Long enough that the machine's own pauses stay within, however busy it is.
    private static func patient(_ configuration: inout ServiceConfiguration) {
        configuration.limits.headerSeconds = 30
        configuration.limits.bodySeconds = 30
        configuration.limits.writeSeconds = 30
        configuration.limits.idleSeconds = 30
        configuration.limits.requestSeconds = 30
    }

    @Test func `a header and a body that come byte by byte`() async throws {
        try await ServerUnderTest.run(configure: Self.patient) { server in
            let connection = try RawConnection(port: server.port)
            let request =
                "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 11\r\n\r\n\"有[MASK]\""
            for character in request.unicodeScalars {
                #expect(connection.send(String(character)))
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(await connection.readAll().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a connection that was silent and asks again, later than its first header might have come`() async throws
    {
        // The deadline of the first header no longer counts once a request has been served.
        try await ServerUnderTest.run(configure: {
            Self.patient(&$0)
            $0.limits.headerSeconds = 0.5
        }) { server in
            let connection = try RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await Task.sleep(for: .milliseconds(700))
            connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let text = await connection.readAll()
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3, "\(text)")
        }
    }

    @Test func `a slow reader that takes all of a large response`() async throws {
        let page = PageFile(
            path: "large.bin", contentType: "text/plain", bytes: Array(repeating: 0x61, count: 4 << 20))
        try await ServerUnderTest.run(configure: {
            Self.patient(&$0)
            $0.page = [page]
        }) { server in
            let connection = try RawConnection(port: server.port, receiveBufferBytes: 4096)
            connection.send("GET /large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            try await Task.sleep(for: .milliseconds(100))
            let text = await connection.readAll()
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(text.utf8.count > 4 << 20)
        }
    }

    @Test func `a request that waits for its turn`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: Self.patient, gate: gate) { server in
            let queue = try server.registry.model(nil).queue
            let first = Task { try await server.send("POST", "/", "有[MASK]") }
            try await server.wait { gate.arrivedCount == 1 }
            let second = Task { try await server.send("POST", "/", "有[MASK]") }
            try await server.wait { queue.waitingCount == 1 }
            try await Task.sleep(for: .milliseconds(50))
            gate.open()
            #expect(try await first.value.status == 200)
            #expect(try await second.value.status == 200)
        }
    }
}
