import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

/// Ways in which the list of a model's files goes wrong. Nothing is written then.
@Suite struct ListingMischiefTests {
    private func failure(tree: String, headers: [String] = []) async throws -> HubError? {
        let fixture = try HubFixture { request, _ in
            request.path.contains("/tree/") ? FakeRepository.json(tree, headers: headers) : nil
        }
        let error = await fixture.failure(include: ["*"])
        #expect(HubFiles.kind(fixture.cachePath) == nil)
        return error
    }

    private func entry(_ path: String, size: String = "3", oid: String? = nil, more: String = "") -> String {
        let oid = oid ?? String(repeating: "a", count: 40)
        return "{\"type\":\"file\",\"path\":\"\(path)\",\"size\":\(size),\"oid\":\"\(oid)\"\(more)}"
    }

    @Test(arguments: [
        "../outside", "a/../../outside", "/etc/passwd", "a//b", "./a", "a/.", "..", "", "a\\\\b", "..\\\\a",
        "a\\u0000b",
        "a\\nb", "C:/x", "c:x", "a\\u007f", "/", "a/",
    ])
    func pathThatLeavesTheFolder(path: String) async throws {
        guard case .unsafePath = try await failure(tree: "[\(entry("config.json")),\(entry(path))]") else {
            return #expect(Bool(false))
        }
    }

    @Test(arguments: [256, 2_000]) func pathThatIsTooLong(count: Int) async throws {
        let path = String(repeating: "x", count: count)
        guard case .unsafePath = try await failure(tree: "[\(entry(path))]") else { return #expect(Bool(false)) }
    }

    @Test func pathThatIsTooDeep() async throws {
        let path = String(repeating: "a/", count: 40) + "b"
        guard case .unsafePath = try await failure(tree: "[\(entry(path))]") else { return #expect(Bool(false)) }
    }

    @Test func fileTwice() async throws {
        #expect(try await failure(tree: "[\(entry("a")),\(entry("a"))]") == .unsafePath("a"))
    }

    @Test func fileThatIsAFolder() async throws {
        #expect(try await failure(tree: "[\(entry("a")),\(entry("a/b/c"))]") == .unsafePath("a/b/c"))
    }

    @Test(arguments: ["{}", "[", "null", "", "[1,2]x", "[{\"type\":\"file\"}]"])
    func noListing(text: String) async throws {
        guard case .unexpectedAnswer = try await failure(tree: text) else { return #expect(Bool(false)) }
    }

    @Test(arguments: ["", "abc", String(repeating: "A", count: 40), String(repeating: "a", count: 64)])
    func noSum(sum: String) async throws {
        guard case .unexpectedAnswer = try await failure(tree: "[\(entry("a", oid: sum))]") else {
            return #expect(Bool(false))
        }
    }

    @Test func noSumOfALargeFile() async throws {
        let tree = "[\(entry("a", more: ",\"lfs\":{\"oid\":\"\(String(repeating: "a", count: 40))\",\"size\":3}"))]"
        guard case .unexpectedAnswer = try await failure(tree: tree) else { return #expect(Bool(false)) }
    }

    @Test(arguments: ["-1", "1.5", "null", "\"3\"", "99999999999999999999", "9223372036854775807"])
    func impossibleLength(size: String) async throws {
        guard case .unexpectedAnswer = try await failure(tree: "[\(entry("a", size: size))]") else {
            return #expect(Bool(false))
        }
    }

    @Test func moreThanTheDiskHolds() async throws {
        let fixture = try HubFixture { request, _ in
            guard request.path.contains("/tree/") else { return nil }
            return FakeRepository.json("[\(entry("config.json", size: "\(1 << 50)"))]")
        }
        guard case .noSpace(_, let needed, _) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(needed == 1 << 50)
        #expect(!fixture.server.requests.contains { $0.path.contains("/resolve/") })
        #expect(fixture.blobNames.isEmpty)
    }

    @Test func listThatNeverEnds() async throws {
        let entries = (0..<4_000).map { entry("f\($0)") }.joined(separator: ",")
        guard
            case .unexpectedAnswer(_, let reason) = try await failure(
                tree: "[\(entries)]", headers: ["Link: </api/models/org/model/tree/next>; rel=\"next\""])
        else { return #expect(Bool(false)) }
        #expect(reason == "more than 10000 files")
    }

    @Test func listThatGoesOnElsewhere() async throws {
        guard
            case .unexpectedAnswer(_, let reason) = try await failure(
                tree: "[]", headers: ["Link: <http://127.0.0.1:9/steal>; rel=\"next\""])
        else { return #expect(Bool(false)) }
        #expect(reason == "a list that goes on elsewhere")
    }

    @Test func listInTwoPages() async throws {
        let repository = FakeRepository([HubFixture.config, HubFixture.vocabulary])
        let fixture = try HubFixture(repository) { request, _ in
            guard request.path.contains("/tree/") else { return nil }
            let isFirst = !request.target.contains("cursor")
            let half = FakeRepository([isFirst ? HubFixture.config : HubFixture.vocabulary])
            let port = request.headers["host"]?.split(separator: ":").last ?? ""
            let next = "Link: <http://127.0.0.1:\(port)\(request.path)?cursor=x>; rel=\"next\""
            return FakeRepository.json(half.tree, headers: isFirst ? [next] : [])
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test(arguments: ["main", "0123", "../../../x", "0123456789ABCDEF0123456789abcdef01234567"])
    func commitThatIsNone(sha: String) async throws {
        let fixture = try HubFixture { request, _ in
            request.path.contains("/revision/") ? FakeRepository.json("{\"sha\":\"\(sha)\"}") : nil
        }
        guard case .unexpectedAnswer(_, "no commit") = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(HubFiles.kind(fixture.cachePath) == nil)
    }
}
