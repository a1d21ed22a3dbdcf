import ErlangshenJSON
import ErlangshenPipelines
import Testing

@testable import ErlangshenServer

/// Requests wait in order, go through the model together, and leave when their clients do.
@Suite(.timeLimit(.minutes(1)))
struct BatchingTests {
    private static let texts = ["有[MASK]", "它有[MASK]江。", "桂林是[MASK][MASK]城市,它有[MASK]江。", "[MASK]"]

    /// Starts requests one after the other, so that their order in the queue is known.
    private static func start(
        _ count: Int, _ server: ServerUnderTest, waitingBefore: Int = 0
    ) async throws -> [Task<HTTPReply, any Error>] {
        let queue = try server.registry.model(nil).queue
        var tasks: [Task<HTTPReply, any Error>] = []
        for index in 0..<count {
            let text = texts[index % texts.count]
            tasks.append(
                Task {
                    try await server.send(
                        "POST", "/", ["inputs": .string(text), "parameters": ["top_k": .integer(Int64(index + 1))]])
                })
            try await server.wait { queue.waitingCount == waitingBefore + index + 1 }
        }
        return tasks
    }

    /// A request that holds the gate, so that what comes after it waits.
    private static func hold(_ server: ServerUnderTest, _ gate: Gate) async throws -> Task<HTTPReply, any Error> {
        let before = gate.arrivedCount
        let task = Task { try await server.send("POST", "/", "[MASK]") }
        try await server.wait { gate.arrivedCount == before + 1 }
        return task
    }

    @Test func `answers do not depend on who shares the batch`() async throws {
        let fillMask = try #require(ServerUnderTest.pipelines.get()["masked-lm"]?.fillMask)
        let gate = Gate()
        try await ServerUnderTest.run(gate: gate) { server in
            let first = try await Self.hold(server, gate)
            let tasks = try await Self.start(12, server)
            gate.open()
            _ = try await first.value
            for (index, task) in tasks.enumerated() {
                let reply = try await task.value
                let alone = try fillMask(Self.texts[index % Self.texts.count], topK: index + 1).json.serialized()
                // To the byte: a double in JSON is written so that it reads back as the same double.
                #expect(String(decoding: reply.body, as: UTF8.self) == alone)
            }
            // One batch for the first request, one for the twelve that gathered meanwhile.
            #expect(server.metrics.text.contains("erlangshen_batch_requests_count 2\n"))
            #expect(server.metrics.text.contains("erlangshen_batch_requests_sum 13\n"))
        }
    }

    @Test func `batches end at the limit of tokens`() async throws {
        let gate = Gate()
        // Two texts of four tokens fit, a third does not.
        try await ServerUnderTest.run(configure: { $0.limits.batchTokens = 8 }, gate: gate) { server in
            let first = try await Self.hold(server, gate)
            let queue = try server.registry.model(nil).queue
            var tasks: [Task<HTTPReply, any Error>] = []
            for count in 1...4 {
                tasks.append(Task { try await server.send("POST", "/", "有[MASK]") })
                try await server.wait { queue.waitingCount == count }
            }
            gate.open()
            _ = try await first.value
            for task in tasks { #expect(try await task.value.status == 200) }
            #expect(server.metrics.text.contains("erlangshen_batch_requests_count 3\n"))
            #expect(server.metrics.text.contains("erlangshen_batch_tokens_bucket{le=\"8\"} 3\n"))
        }
    }

    @Test func `the queue at its limit, and one request more`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: { $0.limits.queue = 3 }, gate: gate) { server in
            let first = try await Self.hold(server, gate)
            let tasks = try await Self.start(2, server)
            let refused = try await server.send("POST", "/", "[MASK]")
            #expect(refused.status == 429)
            #expect(refused.failure?["error_type"] == "Overloaded")
            #expect(refused["retry-after"].flatMap(Int.init).map { (1...60).contains($0) } == true)
            // Another model has a queue of its own; the gate is open for nobody, so it is only asked what it can do.
            #expect(try await server.send("GET", "/models/tags").status == 200)
            gate.open()
            for task in tasks + [first] { #expect(try await task.value.status == 200) }
            #expect(try await server.send("POST", "/", "[MASK]").status == 200)
        }
    }

    @Test func `a request whose client has gone leaves the queue`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(gate: gate) { server in
            let first = try await Self.hold(server, gate)
            let queue = try server.registry.model(nil).queue
            let body = "\"有[MASK]\""
            let leaving = try RawConnection(port: server.port)
            leaving.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            try await server.wait { queue.waitingCount == 1 }
            leaving.abort()
            try await server.wait { queue.waitingCount == 0 }
            gate.open()
            #expect(try await first.value.status == 200)
            #expect(server.metrics.text.contains("erlangshen_batch_requests_count 1\n"))
            #expect(server.metrics.text.contains("failures_total{reason=\"dropped\"} 1\n"))
        }
    }

    @Test func `a turn that comes too late is none`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: { $0.limits.requestSeconds = 0.05 }, gate: gate) { server in
            let first = try await Self.hold(server, gate)
            let late = try await Self.start(1, server)
            try await Task.sleep(for: .milliseconds(60))
            gate.open()
            #expect(try await first.value.status == 200)
            let reply = try await late[0].value
            #expect(reply.status == 504)
            #expect(reply.failure?["error_type"] == "Timeout")
        }
    }

    @Test func `a fault of one request stays its own`() throws {
        let metrics = ServiceMetrics(logger: .init(label: "test"))
        let pipelines = try #require(ServerUnderTest.pipelines.get()["masked-lm"])
        let fillMask = try #require(pipelines.fillMask)
        let bad = try fillMask.question(["有[MASK]"], topK: 2)
        let good = try fillMask.question(["有[MASK]"], topK: 1)
        let queue = ModelQueue(name: "test", limits: ServerLimits(), metrics: metrics) {
            questions throws(PipelineError) in
            for case .fillMask(let question) in questions where question.replyByteCount == bad.replyByteCount {
                throw .notFinite
            }
            return try pipelines.answers(questions)
        }
        let results = queue.results([.fillMask(good), .fillMask(bad), .fillMask(good)])
        #expect(try results[0].get() == results[2].get())
        #expect(throws: PipelineError.self) { try results[1].get() }
    }
}
