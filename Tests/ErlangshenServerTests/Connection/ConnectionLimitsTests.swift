import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// Slow senders, slow readers, too many connections, and what is no HTTP.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionLimitsTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: localhost\r\n"

    private func failure(_ text: String) -> JSONValue? {
        guard let blank = text.range(of: "\r\n\r\n") else { return nil }
        return try? JSONValue.parse(String(text[blank.upperBound...]))
    }

    @Test func `bytes of a header`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.headerBytes = 512 }) { server in
            for (size, status) in [(300, "200 OK"), (513, "431 Request Header Fields Too Large")] {
                let connection = try RawConnection(port: server.port)
                connection.send(
                    Self.get + "Connection: close\r\nX-Filler: \(String(repeating: "a", count: size))\r\n\r\n")
                let text = await connection.readAll()
                #expect(text.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(text)")
                if size > 512 { #expect(failure(text)?["error_type"] == "TooLarge") }
            }
            let long = try RawConnection(port: server.port)
            long.send("GET /\(String(repeating: "a", count: 600)) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(await long.readAll().hasPrefix("HTTP/1.1 431"))
        }
    }

    @Test func `a hundred fields and one more`() async throws {
        try await ServerUnderTest.run { server in
            for (count, status) in [(98, "200"), (99, "431")] {
                let connection = try RawConnection(port: server.port)
                let fields = (0..<count).map { "X-\($0): a\r\n" }.joined()
                connection.send(Self.get + "Connection: close\r\n" + fields + "\r\n")
                #expect(await connection.readAll().hasPrefix("HTTP/1.1 \(status)"), "\(count)")
            }
        }
    }

    @Test func `what is no HTTP gets an answer in our schema`() async throws {
        try await ServerUnderTest.run { server in
            for bytes in [
                "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
                "\u{0}\u{1}\u{2}\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            ] {
                let connection = try RawConnection(port: server.port)
                connection.send(bytes)
                let text = await connection.readAll()
                #expect(text.hasPrefix("HTTP/1.1 400 "), "\(bytes.debugDescription): \(text)")
                #expect(failure(text)?["error_type"] == "Malformed", "\(bytes.debugDescription): \(text)")
                #expect(text.lowercased().contains("connection: close"))
            }
        }
    }

    @Test func `a request that follows on the same connection is answered, garbage after it refused`() async throws {
        try await ServerUnderTest.run { server in
            let connection = try RawConnection(port: server.port)
            connection.send(Self.get + "\r\n" + Self.get + "\r\nnonsense\r\n\r\n")
            let text = await connection.readAll()
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3, "\(text)")
            #expect(text.components(separatedBy: "HTTP/1.1 400").count == 2, "\(text)")
        }
    }

    @Test(arguments: [
        "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: TE, close\r\n\r\n",
    ]) func `the last request of a connection is known by any of its forms`(_ request: String) async throws {
        try await ServerUnderTest.run { server in
            let connection = try RawConnection(port: server.port)
            connection.send(request)
            let text = await connection.readAll()
            #expect(text.hasPrefix("HTTP/1.1 200"), "\(text)")
            #expect(text.lowercased().contains("\r\nconnection: close\r\n"), "\(text)")
        }
    }

    @Test func `a slow header is cut with 408`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.headerSeconds = 0.2 }) { server in
            for bytes in ["", "GET /health HT", Self.get] {
                let connection = try RawConnection(port: server.port)
                connection.send(bytes)
                let text = await connection.readAll()
                #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text)")
                #expect(failure(text)?["error_type"] == "Timeout")
            }
        }
    }

    @Test func `a slow body is cut with 408, drop by drop too`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.bodySeconds = 0.3 }) { server in
            let connection = try RawConnection(port: server.port)
            connection.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
            let drops = Task {
                while !Task.isCancelled, connection.send("{") { try await Task.sleep(for: .milliseconds(20)) }
            }
            let text = await connection.readAll()
            drops.cancel()
            #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text)")
            #expect(failure(text)?["error_type"] == "Timeout")
        }
    }

    @Test func `a connection that says nothing more is closed`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.idleSeconds = 0.2 }) { server in
            let connection = try RawConnection(port: server.port)
            connection.send(Self.get + "\r\n")
            let text = await connection.readAll()
            #expect(text.hasPrefix("HTTP/1.1 200"))
            #expect(text.components(separatedBy: "HTTP/1.1").count == 2)
        }
    }

    @Test func `a slow reader is cut`() async throws {
        let page = PageFile(
            path: "large.bin", contentType: "text/plain", bytes: Array(repeating: 0x61, count: 32 << 20))
        try await ServerUnderTest.run(configure: {
            $0.limits.writeSeconds = 0.3
            $0.page = [page]
        }) { server in
            let connection = try RawConnection(port: server.port, receiveBufferBytes: 4096)
            connection.send("GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await server.wait { server.metrics.text.contains("failures_total{reason=\"dropped\"} 1") }
            #expect(await connection.readAll().utf8.count < 32 << 20)
        }
    }

    @Test func `connections at the limit are served, one more is told so`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.connections = 2 }) { server in
            let first = try RawConnection(port: server.port)
            try await server.wait { server.metrics.text.contains("erlangshen_connections 1\n") }
            let second = try RawConnection(port: server.port)
            try await server.wait { server.metrics.text.contains("erlangshen_connections 2\n") }
            let third = try RawConnection(port: server.port)
            third.send(Self.get + "\r\n")
            let refused = await third.readAll()
            #expect(refused.hasPrefix("HTTP/1.1 503 "), "\(refused)")
            #expect(refused.lowercased().contains("retry-after: 1"))
            #expect(failure(refused)?["error_type"] == "Overloaded")
            second.send(Self.get + "Connection: close\r\n\r\n")
            #expect(await second.readAll().hasPrefix("HTTP/1.1 200"))
            first.abort()
            try await server.wait { server.metrics.text.contains("erlangshen_connections 0\n") }
            #expect(try await server.send("GET", "/health").status == 200)
        }
    }
}
