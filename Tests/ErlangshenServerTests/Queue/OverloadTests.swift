import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// Ten times what the queue holds, all at once; the bar of `tools/serving/bars overload` in small, without its clock.
@Suite(.timeLimit(.minutes(1)))
struct OverloadTests {
    @Test func `everyone is answered or refused, and nobody is lost`() async throws {
        let gate = Gate()
        try await ServerUnderTest.run(configure: { $0.limits.queue = 10 }, gate: gate) { server in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await server.send("POST", "/", "有[MASK]").status }
                }
                var statuses: [Int] = []
                // While the model stands still the queue fills, and only refusals come.
                for _ in 0..<90 { if let status = try await group.next() { statuses.append(status) } }
                #expect(statuses.allSatisfy { $0 == 429 })
                gate.open()
                for try await status in group { statuses.append(status) }
                return statuses
            }
            #expect(statuses.count == 100)
            #expect(statuses.filter { $0 == 200 }.count == 10)
            #expect(statuses.filter { $0 == 429 }.count == 90)
            // And right after it all is as it was.
            #expect(try await server.send("POST", "/", "有[MASK]").status == 200)
            #expect(server.metrics.text.contains("erlangshen_queue_requests{model=\"masked-lm\"} 0\n"))
        }
    }
}
