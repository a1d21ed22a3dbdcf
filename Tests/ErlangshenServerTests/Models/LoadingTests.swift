import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// What clients are told, and can wait for, while models are being loaded.
@Suite(.timeLimit(.minutes(1)))
struct LoadingTests {
    private static let ask: JSONValue = ["inputs": "有[MASK]"]
    private static let waiting: JSONValue = ["inputs": "有[MASK]", "options": ["wait_for_model": true]]

    @Test func `who does not wait is told when to ask again`() async throws {
        try await ServerUnderTest.run(loading: Gate()) { server in
            for (method, path, body) in [
                ("POST", "/", Self.ask), ("POST", "/models/masked-lm", Self.ask), ("GET", "/models/masked-lm", nil),
                ("GET", "/health", nil),
                ("POST", "/", ["inputs": "有[MASK]", "options": ["wait_for_model": false]]),
            ] as [(String, String, JSONValue?)] {
                let reply = try await server.send(method, path, body)
                #expect(reply.status == 503)
                let failure = try #require(reply.failure)
                #expect(failure["error_type"] == "Loading")
                #expect((failure["estimated_time"]?.doubleValue ?? 0) >= 1)
                #expect(reply["retry-after"].flatMap(Int.init).map { (1...60).contains($0) } == true)
            }
            let unknown = try await server.send("POST", "/models/nobody", Self.waiting)
            #expect(unknown.status == 404)
            #expect(unknown.failure?["estimated_time"] == nil)
        }
    }

    @Test func `who waits is answered when the model is there`() async throws {
        let loading = Gate()
        try await ServerUnderTest.run(loading: loading) { server in
            let tasks = [
                Task { try await server.send("POST", "/", Self.waiting) },
                Task { try await server.send("POST", "/", Self.ask, headers: [("X-Wait-For-Model", "true")]) },
                Task {
                    try await server.send("POST", "/models/tags", ["inputs": "有", "options": ["wait_for_model": true]])
                },
            ]
            try await server.wait { server.metrics.text.contains("erlangshen_requests_in_flight 3\n") }
            loading.open()
            for task in tasks { #expect(try await task.value.status == 200) }
            #expect(try await server.send("GET", "/health").status == 200)
        }
    }

    @Test func `waiting ends at the deadline of requests`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.requestSeconds = 0.05 }, loading: Gate()) { server in
            let reply = try await server.send("POST", "/", Self.waiting)
            #expect(reply.status == 503)
            #expect(reply.failure?["error_type"] == "Loading")
        }
    }

    @Test func `the wish to wait is true or false`() async throws {
        try await ServerUnderTest.run { server in
            let reply = try await server.send("POST", "/", ["inputs": "有[MASK]", "options": ["wait_for_model": "yes"]])
            #expect(reply.status == 422)
            #expect(reply.failure?["field"] == "options.wait_for_model")
        }
    }
}
