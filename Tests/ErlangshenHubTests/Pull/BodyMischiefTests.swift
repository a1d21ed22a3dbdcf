import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

/// Ways in which the bytes of a file go wrong.
@Suite struct BodyMischiefTests {
    private static let bytes = HubFixture.weights.bytes
    private static let half = Array(bytes[..<50_000])

    @Test func shortBody() async throws {
        let fixture = try HubFixture.withWeights(times: 1) { _ in
            HubFixture.reply("200 OK", [HubFixture.length], Self.half)
        }
        try await fixture.pull()
        fixture.expectWhole()
        // What had come and was not yet read when the connection ended may be lost, and comes again.
        #expect(fixture.offsets.count == 2 && (0...50_000).contains(fixture.offsets[1] ?? 0))
    }

    @Test func alwaysShortBody() async throws {
        let fixture = try HubFixture.withWeights { request in
            request.headers["range"] == nil ? HubFixture.reply("200 OK", [HubFixture.length], Self.half) : [.reset]
        }
        guard case .transfer(_, let fault) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(fault.isTransient)
        #expect(fixture.weightRequests.count == 3)
        #expect(fixture.partials.count == 1)
        fixture.expectNothingWrong()
        #expect(fixture.blobNames == [HubFixture.config.sum])
    }

    @Test func resetInTheMiddle() async throws {
        let fixture = try HubFixture.withWeights(times: 1) { _ in
            [.send(FakeRepository.head("200 OK", [HubFixture.length])), .drip(Self.half, piece: 10_000), .reset]
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func resetBeforeTheHead() async throws {
        let fixture = try HubFixture.withWeights(times: 2) { _ in [.reset] }
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.pauses == [1, 2])
    }

    @Test func longBodyWithoutLength() async throws {
        let fixture = try HubFixture.withWeights { _ in HubFixture.reply("200 OK", [], Self.bytes + Self.bytes) }
        // In one piece with the rest the surplus is seen; behind the last byte nobody reads it.
        let failure = await result(fixture)
        if let failure { #expect(failure == .wrongContent(path: "model.safetensors", .tooLong(expected: 100_003))) }
        fixture.expectNothingWrong()
    }

    @Test func surplusInOnePiece() async throws {
        let fixture = try HubFixture(FakeRepository([HubFixture.config])) { request, _ in
            guard request.path.hasSuffix("config.json") else { return nil }
            return HubFixture.reply("200 OK", [], HubFixture.config.bytes + [0x20])
        }
        #expect(await fixture.failure() == .wrongContent(path: "config.json", .tooLong(expected: 29)))
        fixture.expectNothingWrong()
    }

    @Test(arguments: [99_999, 100_004, 0, 1 << 40])
    func lengthThatLies(length: Int) async throws {
        let fixture = try HubFixture.withWeights { _ in HubFixture.reply("200 OK", ["Content-Length: \(length)"]) }
        guard case .transfer(_, let fault) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(fault == .wrongLength(announced: length, expected: 100_003))
        fixture.expectNothingWrong()
    }

    @Test func wrongBytes() async throws {
        var wrong = Self.bytes
        wrong[77] ^= 1
        let fixture = try HubFixture.withWeights { [wrong] _ in HubFixture.reply("200 OK", [HubFixture.length], wrong) }
        let found = FakeRepository.sha256(wrong)
        #expect(
            await fixture.failure()
                == .wrongContent(
                    path: "model.safetensors", .wrongHash(expected: HubFixture.weights.sum, found: found)))
        #expect(fixture.weightRequests.count == 2)
        #expect(fixture.partials == [])
        fixture.expectNothingWrong()
    }

    @Test func wrongBytesOnce() async throws {
        let wrong = [UInt8](repeating: 1, count: Self.bytes.count)
        let fixture = try HubFixture.withWeights(times: 1) { _ in HubFixture.reply("200 OK", [HubFixture.length], wrong)
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func wrongSmallFile() async throws {
        let fixture = try HubFixture { request, _ in
            request.path.hasSuffix("vocab.txt") ? HubFixture.reply("200 OK", [], Array("[PAD]\n[UNK]\n乾\n".utf8)) : nil
        }
        guard case .wrongContent("vocab.txt", .wrongHash(let expected, _)) = await fixture.failure() else {
            return #expect(Bool(false))
        }
        // printf '[PAD]\n[UNK]\n中\n' | git hash-object --stdin
        #expect(expected == "9ea1331b6bbf60e53f040955f399967ac15bd3e4")
        fixture.expectNothingWrong()
    }

    @Test func packedBody() async throws {
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply("200 OK", [HubFixture.length, "Content-Encoding: gzip"])
        }
        guard case .transfer(_, .encoded("gzip")) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(fixture.weightRequests.first?.headers["accept-encoding"] == "identity")
        fixture.expectNothingWrong()
    }

    @Test func chunksWithoutEnd() async throws {
        let fixture = try HubFixture.withWeights { _ in
            [
                .send(FakeRepository.head("200 OK", ["Transfer-Encoding: chunked"])),
                .send(Array("186A3\r\n".utf8) + Self.bytes + Array("\r\n".utf8)), .hang,
            ]
        }
        // All bytes are there and right: the end is not waited for.
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func chunksOfNonsense() async throws {
        let fixture = try HubFixture.withWeights { _ in
            [.send(FakeRepository.head("200 OK", ["Transfer-Encoding: chunked"])), .send(Array("xyz\r\nabc\r\n".utf8))]
        }
        guard case .transfer = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func stallInTheMiddle() async throws {
        // On a busy machine the client may lose its patience with good answers, too.
        let fixture = try HubFixture.withWeights(times: 1, attempts: 100) { _ in
            [.send(FakeRepository.head("200 OK", [HubFixture.length])), .send(Self.half), .hang]
        }
        try await fixture.pull(["HF_HUB_DOWNLOAD_TIMEOUT": "0.7"])
        fixture.expectWhole()
    }

    @Test func stallBeforeTheHead() async throws {
        let fixture = try HubFixture.withWeights { _ in [.hang] }
        guard case .transfer(_, .timedOut) = await fixture.failure(["HF_HUB_ETAG_TIMEOUT": "0.7"]) else {
            return #expect(Bool(false))
        }
        fixture.expectNothingWrong()
    }

    @Test func headThatDrips() async throws {
        let fixture = try HubFixture.withWeights { _ in
            [.drip(Array("HTTP/1.1 200 OK\r\nX-Long: ".utf8) + [UInt8](repeating: 0x61, count: 60_000), piece: 1)]
        }
        guard case .transfer(_, .timedOut) = await fixture.failure(["HF_HUB_ETAG_TIMEOUT": "0.7"]) else {
            return #expect(Bool(false))
        }
        fixture.expectNothingWrong()
    }

    @Test func slowDrip() async throws {
        let fixture = try HubFixture.withWeights { _ in
            [.send(FakeRepository.head("200 OK", [HubFixture.length])), .drip(Self.bytes, piece: 1_000)]
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    private func result(_ fixture: HubFixture) async -> HubError? {
        do {
            try await fixture.pull()
            return nil
        } catch { return error as? HubError }
    }
}
