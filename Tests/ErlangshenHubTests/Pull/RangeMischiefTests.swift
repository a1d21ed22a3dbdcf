import ErlangshenTestSupport
import Foundation
import Synchronization
import Testing

@testable import ErlangshenHub

/// Ways in which going on with a file goes wrong, and how it goes right.
@Suite struct RangeMischiefTests {
    private static let bytes = HubFixture.weights.bytes

    /// Where a fixture keeps its blobs, for a server that is made before it.
    private final class Place: Sendable {
        let blobs = Mutex("")
    }

    /// A hub that breaks off when 50,000 bytes are written, and then answers requests for the rest as it is told to.
    private func broken(
        tag: String = "ETag: \"one\"", _ rest: @escaping @Sendable (FakeServer.Request) -> [FakeServer.Step]?
    ) throws -> HubFixture {
        let place = Place()
        let fixture = try HubFixture { request, count in
            guard request.path == HubFixture.weightsPath else { return nil }
            if request.headers["range"] != nil { return rest(request) }
            guard count == 0 else { return HubFixture.reply("200 OK", [HubFixture.length]) }
            return Self.part(50_000, tag, place)
        }
        place.blobs.withLock { $0 = fixture.blobs }
        return fixture
    }

    /// An answer that breaks off when its bytes are in the client's file: what is not yet read then would be lost.
    private static func part(_ byteCount: Int, _ tag: String, _ place: Place) -> [FakeServer.Step] {
        HubFixture.reply("200 OK", [HubFixture.length, tag], Array(bytes[..<byteCount])) + [
            .wait { HubFixture.hasPartial(byteCount, in: place.blobs.withLock { $0 }) }
        ]
    }

    @Test func rangeWithTheTag() async throws {
        let fixture = try broken { request in FakeRepository.file(request, Self.bytes, ["ETag: \"one\""]) }
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.offsets == [nil, 50_000])
        #expect(fixture.weightRequests[1].headers["if-range"] == "\"one\"")
    }

    @Test(arguments: ["X-No: tag", "ETag: W/\"one\"", "ETag: one", "ETag: \""])
    func tagThatDoesNotBind(tag: String) async throws {
        let fixture = try broken(tag: tag) { request in FakeRepository.file(request, Self.bytes, []) }
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.weightRequests[1].headers["if-range"] == nil)
    }

    @Test func changedTag() async throws {
        // As RFC 9110 has it: the tag is another one, so the whole file comes.
        let fixture = try broken { _ in HubFixture.reply("200 OK", [HubFixture.length, "ETag: \"two\""]) }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func rangeIgnored() async throws {
        let fixture = try broken { _ in HubFixture.reply("200 OK", [HubFixture.length]) }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test(arguments: [
        "bytes 0-100002/100003", "bytes 50001-100002/100003", "bytes 50000-100002/100004", "bytes 50000-99999/100003",
        "bytes 50000-100002/*", "bytes", "nonsense", "bytes 99999999999999999999-5/7", "bytes -50000-100002/100003",
    ])
    func wrongRange(range: String) async throws {
        let fixture = try broken { _ in
            HubFixture.reply("206 Partial Content", ["Content-Range: \(range)"], Array(Self.bytes[50_000...]))
        }
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.weightRequests.count == 3)
        #expect(fixture.weightRequests.last?.headers["range"] == nil)
    }

    @Test func rangeNotAskedFor() async throws {
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply(
                "206 Partial Content", ["Content-Range: bytes 5-100002/100003"], Array(Self.bytes[5...]))
        }
        guard case .transfer(_, .wrongRange(0, _)) = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func rangeRefused() async throws {
        let fixture = try broken { _ in FakeRepository.reply("416 Range Not Satisfiable", [], []) }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func otherBytesUnderTheSameTag() async throws {
        let fixture = try broken { request in
            FakeRepository.file(request, [UInt8](repeating: 9, count: 100_003), ["ETag: \"one\""])
        }
        try await fixture.pull()
        fixture.expectWhole()
        let isHashWrong = fixture.told.contains { event in
            if case .retrying(_, .wrongContent(_, .wrongHash)) = event { true } else { false }
        }
        #expect(isHashWrong)
    }

    @Test func goesOnAfterTheEndOfAProcess() async throws {
        let place = Place()
        let first = try HubFixture.withWeights { request in
            request.headers["range"] == nil
                ? Self.part(60_000, "ETag: \"one\"", place) : FakeRepository.reply("404 Not Found", [], [])
        }
        place.blobs.withLock { $0 = first.blobs }
        _ = await first.failure()
        #expect(first.partials.count == 1)
        let second = try HubFixture()
        try await second.pull(["HF_HUB_CACHE": first.cachePath])
        first.expectWhole()
        #expect(second.offsets == [60_000])
        #expect(second.weightRequests.map { $0.headers["if-range"] } == ["\"one\""])
        #expect(first.partials == [])
    }

    @Test(arguments: [1, 50_000, 100_003, 100_004])
    func wrongLeftovers(count: Int) async throws {
        let fixture = try HubFixture()
        try FileManager.default.createDirectory(atPath: fixture.blobs, withIntermediateDirectories: true)
        // As Python names its own.
        let path = fixture.blobs + "/\(HubFixture.weights.sum).1a2b3c4d.incomplete"
        try Data([UInt8](repeating: 5, count: count)).write(to: URL(fileURLWithPath: path))
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func wholeLeftover() async throws {
        let fixture = try HubFixture()
        try FileManager.default.createDirectory(atPath: fixture.blobs, withIntermediateDirectories: true)
        let path = fixture.blobs + "/\(HubFixture.weights.sum).1a2b3c4d.incomplete"
        try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.weightRequests.isEmpty)
        #expect(fixture.partials == [])
    }

    @Test func manyAtOnce() async throws {
        let fixture = try HubFixture { request, count in
            guard request.path == HubFixture.weightsPath, count < 4 else { return nil }
            return [.send(FakeRepository.head("200 OK", [HubFixture.length])), .drip(Self.bytes, piece: 2_000)]
        }
        // Each has a client, connections and temporary files of its own, as processes have.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await fixture.pull() } }
            try await group.waitForAll()
        }
        fixture.expectWhole()
        #expect(fixture.blobNames.sorted() == fixture.repository.files.map(\.sum).sorted())
    }
}
