import ErlangshenJSON
import ErlangshenPipelines
import Testing

@testable import ErlangshenServer

/// The tasks beyond the hosted API; replies are held to the library, to the byte.
@Suite(.timeLimit(.minutes(1)))
struct OwnTaskRoutesTests {
    private func masked() throws -> TaskPipelines { try #require(ServerUnderTest.pipelines.get()["masked-lm"]) }

    private func refused(_ reply: HTTPReply, _ status: Int, _ kind: String, field: String?) {
        #expect(reply.status == status, "\(String(decoding: reply.body, as: UTF8.self))")
        #expect(reply.failure?["error_type"]?.stringValue == kind)
        #expect(reply.failure?["field"]?.stringValue == field)
    }

    @Test func `masks are filled together`() async throws {
        let fillMask = try #require(try masked().fillMask)
        let text = "有[MASK][MASK]。"
        let usual = try fillMask.fillJointly(text).json
        let other = try fillMask.fillJointly(text, topK: 2, beamWidth: 3, order: .mostCertainFirst).json
        try await ServerUnderTest.run { server in
            for path in ["/pipeline/joint-fill-mask", "/models/masked-lm/pipeline/joint-fill-mask"] {
                #expect(try await server.ask(path, ["inputs": .string(text)]) == usual)
                #expect(try await server.ask(path, ["inputs": [.string(text), .string(text)]]) == [usual, usual])
                let parameters: JSONValue = ["top_k": 2, "beam_width": 3, "order": "most-certain-first"]
                #expect(try await server.ask(path, ["inputs": .string(text), "parameters": parameters]) == other)
            }
            let path = "/pipeline/joint-fill-mask"
            refused(try await server.send("POST", path, ["inputs": "没有"]), 400, "Validation", field: "inputs")
            let masks = String(repeating: "[MASK]", count: 65)
            refused(try await server.send("POST", path, ["inputs": .string(masks)]), 422, "Validation", field: "inputs")
            for (name, value): (String, JSONValue) in [("beam_width", 0), ("order", "sideways"), ("position", 1)] {
                let parameters = JSONValue.object(JSONObject([(key: name, value: value)]))
                let reply = try await server.send("POST", path, ["inputs": .string(text), "parameters": parameters])
                refused(reply, 422, "Validation", field: "parameters.\(name)")
            }
        }
    }

    @Test func `characters are scored`() async throws {
        let fillMask = try #require(try masked().fillMask)
        let expected = try fillMask.score("山水甲天下。").json
        try await ServerUnderTest.run { server in
            let path = "/pipeline/text-scoring"
            #expect(try await server.ask(path, ["inputs": "山水甲天下。"]) == expected)
            #expect(try await server.ask(path, ["inputs": ["山水甲天下。"]]) == [expected])
            refused(try await server.send("POST", path, ["inputs": " "]), 422, "Validation", field: "inputs")
        }
    }

    @Test func `a character shows where it looks, in every kind of model`() async throws {
        let models = try ServerUnderTest.pipelines.get()
        let chosen = try masked().features.attention("山水甲天下。", position: 3, layer: 0, head: 1).json
        let means = try models.mapValues { try $0.features.attention("山水甲天下。").json }
        try await ServerUnderTest.run { server in
            for (name, expected) in means {
                #expect(try await server.ask("/models/\(name)/pipeline/attention", ["inputs": "山水甲天下。"]) == expected)
            }
            let path = "/pipeline/attention"
            let parameters: JSONValue = ["position": 3, "layer": 0, "head": 1]
            #expect(try await server.ask(path, ["inputs": "山水甲天下。", "parameters": parameters]) == chosen)
            for (name, value) in [("layer", 2), ("head", 2), ("position", 6), ("layer", -1)] {
                let wrong = JSONValue.object(JSONObject([(key: name, value: .integer(Int64(value)))]))
                let reply = try await server.send("POST", path, ["inputs": "山水甲天下。", "parameters": wrong])
                refused(reply, 422, "Validation", field: "parameters.\(name)")
            }
            refused(try await server.send("POST", path, ["inputs": ["山水"]]), 422, "Validation", field: "inputs")
            refused(try await server.send("POST", path, ["inputs": ""]), 422, "Validation", field: "inputs")
        }
    }

    @Test func `a model without the head says so`() async throws {
        try await ServerUnderTest.run { server in
            for task in ["joint-fill-mask", "text-scoring"] {
                let reply = try await server.send("POST", "/models/tags/pipeline/\(task)", ["inputs": "有[MASK]"])
                refused(reply, 422, "Validation", field: nil)
            }
        }
    }

    /// What counts is what the model has to read: 8 tokens once and for each of 4 beams and 2 masks; 8 tokens 6 times.
    @Test func `tokens of a request count as often as they are read`() async throws {
        let cases: [(task: String, body: JSONValue, tokens: Int)] = [
            ("joint-fill-mask", ["inputs": "有[MASK][MASK]江[MASK]。", "parameters": ["top_k": 2, "beam_width": 4]], 72),
            ("text-scoring", ["inputs": "山水甲天下。"], 48),
            ("attention", ["inputs": "山水甲天下。"], 8),
        ]
        for (task, body, tokens) in cases {
            for (limit, status) in [(tokens, 200), (tokens - 1, 413)] {
                try await ServerUnderTest.run(configure: { $0.limits.requestTokens = limit }) { server in
                    let reply = try await server.send("POST", "/pipeline/\(task)", body)
                    #expect(reply.status == status, "\(task) \(limit)")
                    if status == 413 { refused(reply, 413, "TooLarge", field: "inputs") }
                }
            }
        }
    }
}
