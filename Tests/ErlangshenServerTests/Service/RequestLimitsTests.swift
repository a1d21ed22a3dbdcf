import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// Each limit on what a request asks for, at the limit and one past it.
@Suite(.timeLimit(.minutes(1)))
struct RequestLimitsTests {
    private static func body(_ byteCount: Int) -> String {
        let text = "{\"inputs\":\"有[MASK]\"}"
        return text + String(repeating: " ", count: byteCount - text.utf8.count)
    }

    private func refused(_ reply: HTTPReply, _ status: Int, _ kind: String, field: String? = nil) {
        #expect(reply.status == status, "\(String(decoding: reply.body, as: UTF8.self))")
        #expect(reply.failure?["error_type"]?.stringValue == kind)
        if let field { #expect(reply.failure?["field"]?.stringValue == field) }
    }

    @Test func `bytes of a body, announced or in pieces`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.bodyBytes = 1000 }) { server in
            for (size, status) in [(1000, "200"), (1001, "413")] {
                let announced = try RawConnection(port: server.port)
                announced.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n"
                        + Self.body(size))
                #expect(await announced.readAll().hasPrefix("HTTP/1.1 \(status)"), "\(size)")
                let pieces = try RawConnection(port: server.port)
                pieces.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "\(String(size, radix: 16))\r\n\(Self.body(size))\r\n0\r\n\r\n")
                #expect(await pieces.readAll().hasPrefix("HTTP/1.1 \(status)"), "\(size)")
            }
        }
    }

    @Test func `a body that is too long is refused before it is sent, when the client asks first`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.bodyBytes = 1000 }) { server in
            let patient = try RawConnection(port: server.port)
            patient.send(
                "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
            #expect(await patient.readAll().hasPrefix("HTTP/1.1 413"))
            let welcome = try RawConnection(port: server.port)
            welcome.send(
                "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 1000\r\n\r\n")
            welcome.send(Self.body(1000))
            let text = await welcome.readAll()
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"), "\(text)")
        }
    }

    @Test func `texts of a request`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.inputs = 3 }) { server in
            let three: JSONValue = ["有[MASK]", "有[MASK]", "有[MASK]"]
            let four: JSONValue = .array((three.arrayValue ?? []) + ["有[MASK]"])
            #expect(try await server.send("POST", "/", ["inputs": three]).status == 200)
            refused(try await server.send("POST", "/", ["inputs": four]), 413, "TooLarge", field: "inputs")
            let path = "/models/three-labels"
            #expect(try await server.send("POST", path, ["inputs": three]).status == 200)
            refused(try await server.send("POST", path, ["inputs": four]), 413, "TooLarge", field: "inputs")
            for (labels, status) in [(["甲", "乙", "丙"], 200), (["甲", "乙", "丙", "丁"], 413)] {
                let candidates = JSONValue.array(labels.map { .string($0) })
                let reply = try await server.send(
                    "POST", path, ["inputs": "有", "parameters": ["candidate_labels": candidates]])
                #expect(reply.status == status)
            }
        }
    }

    @Test func `tokens of a text, and cutting when it is asked for`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.tokens = 8 }) { server in
            // [CLS], the mask, five characters, [SEP].
            #expect(try await server.send("POST", "/", ["inputs": "[MASK]有有有有有"]).status == 200)
            refused(try await server.send("POST", "/", ["inputs": "[MASK]有有有有有有"]), 413, "TooLarge", field: "inputs")
            for parameters: JSONValue in [
                ["truncate": true], ["tokenizer_kwargs": ["truncation": true]],
                ["tokenizer_kwargs": ["truncation": true, "max_length": 8]],
            ] {
                let cut = try await server.send(
                    "POST", "/", ["inputs": "[MASK]有有有有有有", "parameters": parameters])
                #expect(cut.status == 200)
                #expect(cut["x-erlangshen-remarks"]?.contains("truncated") == true)
                #expect(cut["x-compute-tokens"] == "8")
            }
            let longer: JSONValue = ["tokenizer_kwargs": ["truncation": true, "max_length": 9]]
            refused(
                try await server.send("POST", "/", ["inputs": "[MASK]有", "parameters": longer]), 422, "Validation",
                field: "parameters.tokenizer_kwargs.max_length")
        }
    }

    @Test func `tokens of a request`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.requestTokens = 10 }) { server in
            #expect(try await server.send("POST", "/", ["inputs": ["[MASK]有有", "[MASK]有有"]]).status == 200)
            refused(
                try await server.send("POST", "/", ["inputs": ["[MASK]有有", "[MASK]有有有"]]), 413, "TooLarge",
                field: "inputs")
        }
    }

    @Test func `answers for a mask`() async throws {
        try await ServerUnderTest.run(configure: { $0.limits.topK = 7 }) { server in
            for (count, status) in [(1, 200), (7, 200), (8, 422), (0, 422), (-1, 422)] {
                let reply = try await server.send(
                    "POST", "/", ["inputs": "[MASK]有", "parameters": ["top_k": .integer(Int64(count))]])
                #expect(reply.status == status, "\(count)")
                if status == 422 { refused(reply, 422, "Validation", field: "parameters.top_k") }
            }
            let words = JSONValue.array((0..<8).map { .string("词\($0)") })
            refused(
                try await server.send("POST", "/", ["inputs": "[MASK]有", "parameters": ["targets": words]]), 413,
                "TooLarge", field: "parameters.targets")
        }
    }

    @Test func `bytes of a reply, before anything is computed`() async throws {
        // One mask, one answer: 4 bytes for each of the text, and 160 beside it.
        let text = "[MASK]有"
        let one = 4 * text.utf8.count + 160
        for (limit, status) in [(one, 200), (one - 1, 413)] {
            try await ServerUnderTest.run(configure: { $0.limits.replyBytes = limit }) { server in
                let reply = try await server.send(
                    "POST", "/", ["inputs": .string(text), "parameters": ["top_k": 1]])
                #expect(reply.status == status)
                #expect(reply.body.count <= one)
            }
        }
        try await ServerUnderTest.run(configure: { $0.limits.replyBytes = 100 }) { server in
            refused(try await server.send("POST", "/pipeline/feature-extraction", ["inputs": "有"]), 413, "TooLarge")
        }
    }

    @Test func `levels of JSON`() async throws {
        try await ServerUnderTest.run { server in
            for (depth, status) in [(ServerLimits.depth, 422), (ServerLimits.depth + 1, 400)] {
                let body = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                let connection = try RawConnection(port: server.port)
                connection.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                        + body)
                #expect(await connection.readAll().hasPrefix("HTTP/1.1 \(status)"))
            }
        }
    }
}
