import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(4)))
struct PageTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = root.appendingPathComponent("Sources/ErlangshenServer/Page/Files")

    @Test func `every file of the page is served as it stands in the folder, under its policy`() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(PageFile.standard.map(\.path).sorted() == names)
        try await ServerUnderTest.run(configure: { $0.page = PageFile.standard }) { server in
            for name in names {
                let bytes = try Data(contentsOf: Self.folder.appendingPathComponent(name))
                let reply = try await server.send("GET", "/\(name)")
                #expect(reply.status == 200)
                #expect(Data(reply.body) == bytes, "\(name)")
                let policy = reply["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(reply["x-content-type-options"] == "nosniff")
            }
            let index = try await server.send("GET", "/")
            let file = try await server.send("GET", "/index.html")
            #expect(index.body == file.body)
            #expect(index["content-type"] == "text/html; charset=utf-8")
            let script = try await server.send("GET", "/page.js")
            #expect(script["content-type"] == "text/javascript; charset=utf-8")
            try await expectStatus(405, server.send("POST", "/page.js", "[MASK]"))
            try await expectStatus(404, server.send("GET", "/%2e%2e/Package.swift"))
        }
    }

    private func expectStatus(_ status: Int, _ reply: HTTPReply, at place: SourceLocation = #_sourceLocation) {
        #expect(reply.status == status, sourceLocation: place)
    }

    /// What the policy would stop is not there to begin with; names in text other than the parts of XML lead nowhere.
    @Test func `nothing is inline and nothing comes from elsewhere`() throws {
        for file in PageFile.standard {
            let text = String(decoding: file.bytes, as: UTF8.self)
                .replacing("http://www.w3.org/2000/svg", with: "")
            for wrong in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http://", "https://"]
            {
                #expect(!text.contains(wrong), "\(file.path): \(wrong)")
            }
            guard file.path == "index.html" else { continue }
            #expect(!text.contains("style="))
            #expect(text.firstMatch(of: /\son[a-z]+=/) == nil)
            #expect(
                text.matches(of: /<script/).count == text.matches(of: /<script type="module" src="[a-z]+\.js">/).count)
        }
    }

    @Test func `both languages say the same things`() throws {
        let file = try #require(PageFile.standard.first { $0.path == "texts.js" })
        let text = String(decoding: file.bytes, as: UTF8.self)
        let chinese = try #require(text.firstRange(of: "  zh: {"))
        let english = try #require(text.firstRange(of: "  en: {"))
        let end = try #require(text.firstRange(of: "\n};"))
        let key = /(?:[{,]|\n)\s*("[\w-]+"|\w+): ["\n]/
        let names = { (part: Substring) in Set(part.matches(of: key).map { String($0.1) }) }
        let first = names(text[chinese.upperBound..<english.lowerBound])
        #expect(first.count > 60)
        #expect(first == names(text[english.upperBound..<end.lowerBound]))
    }

    @Test func `the page is there without a key and what it asks is not`() async throws {
        let key = try APIKey("0123456789abcdefXYZ")
        let configure = { (configuration: inout ServiceConfiguration) in
            configuration.page = PageFile.standard
            configuration.apiKey = key
        }
        try await ServerUnderTest.run(configure: configure) { server in
            try await expectStatus(200, server.send("GET", "/"))
            try await expectStatus(200, server.send("GET", "/page.js"))
            try await expectStatus(401, server.send("GET", "/info"))
            try await expectStatus(401, server.send("POST", "/", "[MASK]"))
        }
    }

    /// The browser's own checks stand in `tools/serving/page-test`.
    @Test func `a person can use it in Chromium`() async throws {
        let tool = Self.root.appendingPathComponent("tools/serving/page-test").path
        try await ServerUnderTest.run(configure: { $0.page = PageFile.standard }) { server in
            let (status, output) = try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            try PythonClientTests.run(
                                "/usr/bin/env", ["python3", tool, "http://127.0.0.1:\(server.port)"])
                        })
                }
            }
            if status == 77 || status == 127 {
                print("skipped: \(output)")
                return
            }
            #expect(status == 0, "\(output)")
        }
    }
}
