import ErlangshenJSON
import Synchronization
import Testing

@testable import ErlangshenServer

/// The number of connections: who is served at the limit, who makes room, who is told that there is none.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionCountTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: localhost\r\n"
    private static let ask = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n\"有[MASK]\""

    private func connections(_ count: Int, _ server: ServerUnderTest) async throws {
        try await server.wait { server.metrics.text.contains("erlangshen_connections \(count)\n") }
    }

    @Test func `connections in work at the limit are served, one more is told so`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: { $0.limits.connections = 2 }, gate: gate) { server in
            let queue = try server.registry.model(nil).queue
            let first = try RawConnection(port: server.port)
            first.send(Self.ask)
            try await server.wait { gate.arrivedCount == 1 }
            let second = try RawConnection(port: server.port)
            second.send(Self.ask)
            try await server.wait { queue.waitingCount == 1 }
            let third = try RawConnection(port: server.port)
            third.send(Self.get + "\r\n")
            let refused = await third.readAll()
            #expect(refused.hasPrefix("HTTP/1.1 503 "), "\(refused)")
            #expect(refused.lowercased().contains("retry-after: 1"))
            #expect(refused.contains("Overloaded"))
            gate.open()
            for connection in [first, second] {
                connection.finishSending()
            }
            try await connections(0, server)
            #expect(try await server.send("GET", "/health").status == 200)
        }
    }

    @Test func `who sends no whole request makes room, the longest wait first`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.connections = 3 }) { server in
            var slow: [RawConnection] = []
            for (count, start) in ["", "GET /hea", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n\""]
                .enumerated()
            {
                let connection = try RawConnection(port: server.port)
                connection.send(start)
                slow.append(connection)
                try await connections(count + 1, server)
            }
            for (count, connection) in slow.enumerated() {
                let ordinary = try RawConnection(port: server.port)
                ordinary.send(Self.get + "\r\n")
                let told = await connection.readAll()
                #expect(told.hasPrefix("HTTP/1.1 503 "), "\(count): \(told)")
                #expect(told.contains("needed for others"))
                ordinary.send(Self.get + "Connection: close\r\n\r\n")
                let text = await ordinary.readAll()
                #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3, "\(count): \(text)")
                // Fills the place again, with one that is younger than the slow ones that are left.
                if count < 2 {
                    let next = try RawConnection(port: server.port)
                    slow.append(next)
                    try await connections(3, server)
                }
            }
        }
    }

    @Test func `two hundred slow senders keep nobody out`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.connections = 20 }) { server in
            var slow: [RawConnection] = []
            for number in 0..<200 {
                let connection = try RawConnection(port: server.port)
                connection.send("POST / HTTP/1.1\r\nX-Slow: \(number)")
                slow.append(connection)
                if number % 10 == 9 {
                    #expect(try await server.send("POST", "/", "有[MASK]").status == 200, "\(number)")
                }
            }
            let text = server.metrics.text
            #expect(text.contains("route=\"/\",status=\"200\"} 20\n"), "\(text)")
        }
    }

    @Test func `each verdict, in the order of arrival`() {
        let connections = ConnectionCount(limit: 2)
        let left = Mutex<[String]>([])
        func wait(_ name: String, isFirst: Bool = true) -> Int {
            connections.beginWait(isFirst: isFirst) { left.withLock { $0.append(name) } }
        }
        #expect(connections.enter() == .serve)
        let first = wait("first")
        #expect(connections.enter() == .serve)
        _ = wait("second")
        connections.endWait(first)
        // The first is in work, the second waits: it goes, and its place is taken.
        #expect(connections.enter() == .serve)
        #expect(left.withLock(\.self) == ["second"])
        #expect(connections.count == 3)
        // One that was answered a moment ago is no idle one; nobody is left to make room.
        _ = wait("third", isFirst: false)
        #expect(connections.enter() == .refuse)
        connections.leave(madeRoom: false)
        connections.leave(madeRoom: true)
        #expect(connections.count == 2)
        for _ in 0..<ConnectionCount.refusedAtATime { #expect(connections.enter() == .refuse) }
        #expect(connections.enter() == .close)
    }

    @Test func `a line forgets who has left and keeps the order of the rest`() {
        var line = WaitingLine()
        let left = Mutex<[Int]>([])
        let now = ContinuousClock.now
        for ticket in 0..<1000 {
            line.append(ticket, since: now) { left.withLock { $0.append(ticket) } }
            if ticket % 100 != 99 { line.remove(ticket) }
        }
        #expect(line.count == 10)
        #expect(line.popFirst(since: now - .seconds(1)) == nil)
        while let makeRoom = line.popFirst(since: now) { makeRoom() }
        #expect(left.withLock(\.self) == [99, 199, 299, 399, 499, 599, 699, 799, 899, 999])
        #expect(line.count == 0)
    }
}
