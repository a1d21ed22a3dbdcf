import ErlangshenTestSupport
import Testing

@testable import ErlangshenHub

/// Ways in which the head of an answer goes wrong: statuses, redirects, headers.
@Suite struct AnswerMischiefTests {
    @Test func busyWithAPause() async throws {
        let fixture = try HubFixture.withWeights(times: 2) { _ in
            FakeRepository.reply("429 Too Many Requests", ["Retry-After: 7"], [])
        }
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.pauses == [7, 7])
    }

    @Test(arguments: ["86400", "99999999999999999999"])
    func busyForLong(seconds: String) async throws {
        let fixture = try HubFixture.withWeights { _ in
            FakeRepository.reply("429 Too Many Requests", ["Retry-After: \(seconds)"], [])
        }
        guard case .status(_, 429, let asked) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(asked == Int(seconds))
        #expect(fixture.pauses == (asked == nil ? [1, 2] : []))
        fixture.expectNothingWrong()
    }

    @Test func troubleThenFine() async throws {
        let fixture = try HubFixture { _, count in
            count == 0 ? FakeRepository.reply("503 Service Unavailable", [], []) : nil
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test(arguments: [500, 502, 503, 504])
    func trouble(status: Int) async throws {
        let fixture = try HubFixture.withWeights { _ in FakeRepository.reply("\(status) Trouble", [], []) }
        guard case .status(_, status, nil) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(fixture.weightRequests.count == 3)
        fixture.expectNothingWrong()
    }

    @Test func refusals() async throws {
        let id = "org/model"
        let cases: [(String, [String], HubError)] = [
            ("401 Unauthorized", [], .noRepository(id: id, hasToken: false)),
            ("403 Forbidden", [], .forbidden(id: id, isGated: false)),
            ("403 Forbidden", ["X-Error-Code: GatedRepo"], .forbidden(id: id, isGated: true)),
            ("401 Unauthorized", ["X-Error-Code: GatedRepo"], .forbidden(id: id, isGated: true)),
            ("404 Not Found", ["X-Error-Code: RepoNotFound"], .noRepository(id: id, hasToken: false)),
            ("404 Not Found", ["X-Error-Code: RevisionNotFound"], .noRevision(id: id, revision: "main")),
        ]
        for (status, headers, error) in cases {
            let fixture = try HubFixture { _, _ in FakeRepository.reply(status, headers, []) }
            #expect(await fixture.failure() == error)
            #expect(HubFiles.kind(fixture.cachePath) == nil)
        }
        let fixture = try HubFixture.withWeights { _ in FakeRepository.reply("404 Not Found", [], []) }
        #expect(await fixture.failure() == .noFile(id: id, path: "model.safetensors"))
        fixture.expectNothingWrong()
    }

    @Test func redirectLoop() async throws {
        let fixture = try HubFixture.withWeights { request in
            FakeRepository.reply("302 Found", ["Location: \(request.target)"], [])
        }
        guard case .redirect(_, .tooMany(10)) = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(fixture.weightRequests.count == 11)
        fixture.expectNothingWrong()
    }

    @Test func redirectToAnotherHost() async throws {
        let elsewhere = try FakeServer { request in
            FakeRepository.file(request, HubFixture.weights.bytes, ["ETag: \"cdn\""])
        }
        defer { elsewhere.stop() }
        var repository = FakeRepository([HubFixture.config, HubFixture.weights])
        repository.largeFileOrigin = "http://127.0.0.1:\(elsewhere.port)"
        let fixture = try HubFixture(repository, token: "hf_secretsecret")
        try await fixture.pull()
        fixture.expectWhole()
        #expect(fixture.server.requests.allSatisfy { $0.headers["authorization"] == "Bearer hf_secretsecret" })
        #expect(elsewhere.requests.map(\.target) == ["/blob/model.safetensors?signature=secret"])
        #expect(elsewhere.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func redirectToAnotherNameOfTheHub() async throws {
        // Whoever owns the name, it is not the one that the token was given for.
        let fixture = try HubFixture(token: "hf_secretsecret") { request, count in
            guard request.path == HubFixture.weightsPath, count == 0 else { return nil }
            let port = request.headers["host"]?.split(separator: ":").last ?? ""
            return FakeRepository.reply("307 Moved", ["Location: http://localhost:\(port)\(request.target)"], [])
        }
        try await fixture.pull()
        fixture.expectWhole()
        let tokens = fixture.weightRequests.map { $0.headers["authorization"] }
        #expect(tokens == ["Bearer hf_secretsecret", nil])
    }

    @Test func errorElsewhereShowsNoSignature() async throws {
        let elsewhere = try FakeServer { _ in FakeRepository.reply("403 Forbidden", [], []) }
        defer { elsewhere.stop() }
        var repository = FakeRepository([HubFixture.config, HubFixture.weights])
        repository.largeFileOrigin = "http://127.0.0.1:\(elsewhere.port)"
        let fixture = try HubFixture(repository, token: "hf_secretsecret")
        let text = "\(try #require(await fixture.failure()))"
        #expect(!text.contains("secret"), "\(text)")
        fixture.expectNothingWrong()
    }

    @Test(arguments: [
        "ftp://127.0.0.1/file", "file:///etc/passwd", "http://name:word@127.0.0.1/", "http://", "javascript:x",
        "http://127.0.0.1:99999/", "http://[::1/", "http://a b/", "http:///path", "http://127.0.0.1:0/",
    ])
    func redirectToNoAddress(place: String) async throws {
        let fixture = try HubFixture.withWeights { _ in FakeRepository.reply("302 Found", ["Location: \(place)"], []) }
        guard case .redirect(_, .badAddress) = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func redirectToNowhere() async throws {
        let fixture = try HubFixture.withWeights { _ in FakeRepository.reply("302 Found", [], []) }
        guard case .redirect(_, .nowhere) = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func missingTag() async throws {
        let fixture = try HubFixture.withWeights { _ in HubFixture.reply("200 OK", [HubFixture.length]) }
        // The listing of the commit says what the bytes have to be.
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test func tagOfAnotherFile() async throws {
        let other = FakeRepository.sha256([1, 2, 3])
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply("200 OK", [HubFixture.length, "X-Linked-ETag: \"\(other)\""])
        }
        #expect(
            await fixture.failure()
                == .wrongContent(
                    path: "model.safetensors", .otherFile(expected: HubFixture.weights.sum, found: other)))
        fixture.expectNothingWrong()
    }

    @Test func otherCommit() async throws {
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply("200 OK", [HubFixture.length, "X-Repo-Commit: ffff"])
        }
        guard case .wrongContent(_, .otherCommit(_, "ffff")) = await fixture.failure() else {
            return #expect(Bool(false))
        }
        fixture.expectNothingWrong()
    }

    @Test func pageInPlaceOfTheFile() async throws {
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply("200 OK", ["Content-Type: text/html"], Array("<html>sign in</html>".utf8))
        }
        #expect(await fixture.failure() == .wrongContent(path: "model.safetensors", .webPage))
        fixture.expectNothingWrong()
    }

    @Test func pageInPlaceOfTheListing() async throws {
        let fixture = try HubFixture { _, _ in
            HubFixture.reply("200 OK", ["Content-Type: text/html"], Array("<html>sign in</html>".utf8))
        }
        guard case .unexpectedAnswer(_, "a web page") = await fixture.failure() else { return #expect(Bool(false)) }
        #expect(HubFiles.kind(fixture.cachePath) == nil)
    }

    @Test func hugeHeader() async throws {
        let fixture = try HubFixture.withWeights { _ in
            HubFixture.reply("200 OK", [HubFixture.length, "X-Huge: " + String(repeating: "x", count: 300_000)])
        }
        guard case .transfer(_, .notHTTP) = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func anotherProtocol() async throws {
        let fixture = try HubFixture.withWeights { _ in [.send(Array("SSH-2.0-OpenSSH_9.6\r\n".utf8))] }
        guard case .transfer(_, .notHTTP) = await fixture.failure() else { return #expect(Bool(false)) }
        fixture.expectNothingWrong()
    }

    @Test func nobodyThere() async throws {
        let fixture = try HubFixture()
        let server = try FakeServer { _ in [] }
        server.stop()
        guard
            case .transfer(_, .noConnection) = await fixture.failure([
                "HF_ENDPOINT": "http://127.0.0.1:\(server.port)"
            ])
        else { return #expect(Bool(false)) }
    }

    @Test func proxies() async throws {
        let fixture = try HubFixture()
        let proxy = try FakeServer { _ in FakeRepository.reply("407 Proxy Authentication Required", [], []) }
        defer { proxy.stop() }
        let address = "http://name:word@127.0.0.1:\(proxy.port)"
        guard case .status(_, 407, nil) = await fixture.failure(["HTTP_PROXY": address]) else {
            return #expect(Bool(false))
        }
        #expect(proxy.requests.first?.method == "CONNECT")
        // printf name:word | base64
        #expect(proxy.requests.first?.headers["proxy-authorization"] == "Basic bmFtZTp3b3Jk")
        try await fixture.pull(["HTTP_PROXY": address, "NO_PROXY": "example.org,127.0.0.1"])
        fixture.expectWhole()
    }
}
