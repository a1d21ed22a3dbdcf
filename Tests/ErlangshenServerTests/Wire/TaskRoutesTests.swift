import ErlangshenJSON
import ErlangshenPipelines
import Testing

@testable import ErlangshenServer

/// The shapes are those of transformers' pipelines, to which the pipelines' own tests hold the library; here replies
/// are held to the library, to the byte.
@Suite(.timeLimit(.minutes(1)))
struct TaskRoutesTests {
    private func pipelines(_ name: String) throws -> TaskPipelines {
        try #require(ServerUnderTest.pipelines.get()[name])
    }

    @Test func `fill-mask answers at every route as the library does`() async throws {
        let fillMask = try #require(try pipelines("masked-lm").fillMask)
        let text = "它有[MASK]江。"
        let expected = try fillMask(text).json
        let two = try fillMask("有[MASK][MASK]。").json
        try await ServerUnderTest.run { server in
            for path in [
                "/", "/models/masked-lm", "/pipeline/fill-mask", "/models/masked-lm/pipeline/fill-mask", "/?a=b",
            ] {
                #expect(try await server.ask(path, ["inputs": .string(text)]) == expected, "\(path)")
            }
            #expect(try await server.ask("/", .string(text)) == expected)
            #expect(try await server.ask("/", ["inputs": [.string(text)]]) == expected)
            #expect(try await server.ask("/", ["inputs": [.string(text), .string(text)]]) == [expected, expected])
            #expect(try await server.ask("/", ["inputs": "有[MASK][MASK]。"]) == two)
            let plain = try await server.send("POST", "/", nil, headers: [("Content-Type", "text/plain")])
            #expect(plain.status == 400)
        }
    }

    @Test func `parameters reach the model`() async throws {
        let fillMask = try #require(try pipelines("masked-lm").fillMask)
        let text = "它有[MASK]江。"
        let best = try fillMask(text, topK: 2).json
        let all = try fillMask(text).json
        let targets = try fillMask(text, targets: ["江", "有"]).json
        try await ServerUnderTest.run { server in
            #expect(try await server.ask("/", ["inputs": .string(text), "parameters": ["top_k": 2]]) == best)
            #expect(
                try await server.ask("/", ["inputs": .string(text), "parameters": ["targets": ["江", "有"]]]) == targets)
            let usual = try await server.ask("/", ["inputs": .string(text), "parameters": .null])
            #expect(usual == all)
        }
    }

    @Test func `classification is nested as in the hosted API, for pairs too`() async throws {
        let classify = try #require(try pipelines("three-labels").textClassification)
        let one = try classify("今天心情不好", topK: nil).json
        let pair = try classify(TextClassificationInput("今天", pair: "明天"), topK: 1).json
        try await ServerUnderTest.run { server in
            #expect(try await server.ask("/models/three-labels", ["inputs": "今天心情不好"]) == [one])
            let reply = try await server.ask(
                "/models/three-labels",
                ["inputs": ["text": "今天", "text_pair": "明天"], "parameters": ["top_k": 1]])
            #expect(reply == [pair])
            let both = try await server.ask("/models/three-labels", ["inputs": ["今天心情不好", "今天心情不好"]])
            #expect(both == [one, one])
        }
    }

    @Test func `tags are a flat list for a text and lists for a list`() async throws {
        let tag = try #require(try pipelines("tags").tokenClassification)
        let expected = try tag("今天在北京", aggregation: .none, ignoring: []).json
        try await ServerUnderTest.run { server in
            let parameters: JSONValue = ["aggregation_strategy": "none", "ignore_labels": []]
            let one = try await server.ask("/models/tags", ["inputs": "今天在北京", "parameters": parameters])
            #expect(one == expected)
            let list = try await server.ask("/models/tags", ["inputs": ["今天在北京"], "parameters": parameters])
            #expect(list == [expected])
        }
    }

    @Test func `candidate labels ask for zero-shot classification`() async throws {
        let classify = try #require(try pipelines("three-labels").textClassification)
        let question = try classify.question(["今天"], candidates: ["体育", "财经"])
        let expected = try classify.answers([question])[0][0].json
        try await ServerUnderTest.run { server in
            for labels: JSONValue in [["体育", "财经"], "体育, 财经"] {
                let reply = try await server.ask(
                    "/models/three-labels", ["inputs": "今天", "parameters": ["candidate_labels": labels]])
                #expect(reply == expected)
            }
        }
    }

    @Test func `vectors are pooled, normalised or kept for each token`() async throws {
        let features = try pipelines("masked-lm").features
        let pooled = try features.embed(["今天"])[0].json
        let hidden = try features("今天")
        try await ServerUnderTest.run { server in
            let path = "/pipeline/feature-extraction"
            #expect(try await server.ask(path, ["inputs": "今天"]) == [pooled])
            let tokens = try await server.ask(path, ["inputs": "今天", "pooling": "none"])
            let rows = try #require(tokens.arrayValue?.first?.arrayValue)
            #expect(rows.count == hidden.rows)
            #expect(rows[1].arrayValue?.compactMap(\.doubleValue) == hidden.row(1).map(Double.init))
            let unit = try await server.ask(path, ["inputs": "今天", "parameters": ["normalize": true]])
            let length = try #require(unit.arrayValue?.first?.arrayValue).compactMap(\.doubleValue)
                .reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
    }

    @Test func `replies say what was done in header fields, without the user's words`() async throws {
        try await ServerUnderTest.run { server in
            let reply = try await server.send(
                "POST", "/", ["inputs": "它有[MASK]江。", "parameters": ["targets": ["江", "从未见过"]]])
            #expect(reply.status == 200)
            #expect(reply["x-compute-type"] == "cpu")
            #expect(reply["x-erlangshen-remarks"]?.contains("target-") == true)
            #expect(reply["x-compute-tokens"].flatMap(Int.init).map { $0 > 4 } == true)
            #expect(reply["x-content-type-options"] == "nosniff")
        }
    }
}
