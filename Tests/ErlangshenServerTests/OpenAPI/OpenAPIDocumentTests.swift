import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(1)))
struct OpenAPIDocumentTests {
    private static let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/api/openapi.json")

    @Test func `what is served is what is committed`() async throws {
        let text = try String(contentsOf: Self.committed, encoding: .utf8)
        try await ServerUnderTest.run { server in
            let reply = try await server.send("GET", "/openapi.json")
            #expect(
                String(decoding: reply.body, as: UTF8.self) == text,
                "curl -s localhost:8080/openapi.json > docs/api/openapi.json")
        }
    }

    @Test func `every path and method of the document is served, and no other`() throws {
        let paths = try #require(OpenAPIDocument.json["paths"]?.objectValue)
        let samples: [String: Resource] = [
            "/": .root, "/health": .health, "/info": .info, "/metrics": .metrics, "/openapi.json": .openAPI,
            "/pipeline/{task}": .pipeline(task: "a"), "/models/{model}": .model(name: "a"),
            "/models/{model}/pipeline/{task}": .modelPipeline(name: "a", task: "b"),
        ]
        #expect(Set(paths.keys) == Set(samples.keys))
        for (path, resource) in samples {
            #expect(resource.template == path)
            let documented = Set(try #require(paths[path]?.objectValue).keys)
            let served = Set(resource.methods.filter { $0 != .head }.map { $0.rawValue.lowercased() })
            #expect(documented == served, "\(path)")
            let concrete = path.replacing("{model}", with: "a").replacing("{task}", with: "b")
            #expect(Resource(path: concrete, pageFiles: [])?.template == path)
        }
    }

    @Test func `every reference leads somewhere`() throws {
        let schemas = try #require(OpenAPIDocument.json["components"]?["schemas"]?.objectValue)
        let references = OpenAPIDocument.text.matches(of: /"\$ref": "#\/components\/schemas\/(\w+)"/)
        #expect(references.count > 20)
        for reference in references { #expect(schemas[String(reference.1)] != nil, "\(reference.1)") }
    }
}
