import ErlangshenJSON
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(1)))
struct AccessCheckTests {
    private static let secret = "0123456789abcdefXYZ"

    @Test func `a key is asked for everywhere but at health`() async throws {
        let key = try APIKey(" \(Self.secret)\n")
        try await ServerUnderTest.run(configure: { $0.apiKey = key }) { server in
            for path in ["/", "/info", "/metrics", "/openapi.json", "/nowhere", "/models/masked-lm"] {
                let reply = try await server.send("GET", path)
                #expect(reply.status == 401, "\(path)")
                #expect(reply["www-authenticate"] == "Bearer")
                #expect(reply.failure?["error_type"] == "Unauthorized")
            }
            #expect(try await server.send("GET", "/health").status == 200)
            for wrong in [Self.secret + "a", String(Self.secret.dropLast()), "0", Self.secret + Self.secret] {
                #expect(try await server.send("GET", "/info", key: wrong).status == 401, "\(wrong)")
            }
            #expect(try await server.send("GET", "/info", key: Self.secret).status == 200)
            let basic = try await server.send("GET", "/info", headers: [("Authorization", "Basic \(Self.secret)")])
            #expect(basic.status == 401)
            #expect(!server.log.text.contains(Self.secret))
        }
    }

    @Test func `a page that is let in may read refusals too, and its preflight needs no key`() async throws {
        let (origin, key) = ("https://page.example", try APIKey(Self.secret))
        try await ServerUnderTest.run(configure: {
            $0.corsOrigins = [origin]
            $0.apiKey = key
        }) { server in
            let from = [("Origin", origin)]
            #expect(try await server.send("OPTIONS", "/models/masked-lm", headers: from).status == 204)
            for (method, path, key, status) in [
                ("POST", "/", nil, 401), ("POST", "/", Self.secret, 400), ("GET", "/nowhere", Self.secret, 404),
                ("POST", "/health", Self.secret, 405), ("OPTIONS", "/nowhere", nil, 404),
            ] {
                let body: JSONValue? = method == "POST" ? "没有" : nil
                let reply = try await server.send(method, path, body, headers: from, key: key)
                #expect(reply.status == status, "\(method) \(path)")
                #expect(reply["access-control-allow-origin"] == origin, "\(method) \(path)")
                #expect(reply.failure != nil, "\(method) \(path)")
            }
            // Without an origin OPTIONS is a method like others.
            #expect(try await server.send("OPTIONS", "/", key: Self.secret).status == 405)
        }
    }

    @Test func `every byte of a key counts`() throws {
        let key = try APIKey(Self.secret)
        #expect(key.matches(authorization: "Bearer \(Self.secret)"))
        #expect(key.matches(authorization: "bearer \(Self.secret)"))
        for index in Self.secret.indices {
            var other = Self.secret
            other.replaceSubrange(index...index, with: "_")
            #expect(!key.matches(authorization: "Bearer \(other)"))
        }
        for nothing in [nil, "", "Bearer", "Bearer ", Self.secret] { #expect(!key.matches(authorization: nothing)) }
    }

    @Test(arguments: ["", "123456789012345", "1234567890 123456", "密钥密钥密钥密钥密钥密钥密钥密钥"])
    func `keys that are short or cannot be sent are refused`(_ text: String) {
        #expect(throws: ServerError.self) { try APIKey(text) }
    }

    @Test(arguments: [
        ("localhost", 200), ("LOCALHOST:8080", 200), ("127.0.0.1:1", 200), ("127.9.9.9", 200), ("[::1]:80", 200),
        ("models.local", 200), ("evil.example", 421), ("127.evil.example", 421), ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("", 421),
    ]) func `on loopback the Host field must name this machine`(_ host: String, _ status: Int) async throws {
        try await ServerUnderTest.run(configure: { $0.allowedHosts = ["Models.local"] }) { server in
            let reply = try await server.send("GET", "/info", headers: [("Host", host)])
            #expect(reply.status == status)
            if status != 200 { #expect(reply.failure?["error_type"] == "Forbidden") }
        }
    }

    @Test func `pages of other origins are kept out unless they are named`() async throws {
        let origin = "https://page.example"
        try await ServerUnderTest.run { server in
            let refused = try await server.send("POST", "/", "[MASK]", headers: [("Origin", origin)])
            #expect(refused.status == 403)
            #expect(refused["access-control-allow-origin"] == nil)
            let own = "http://127.0.0.1:\(server.port)"
            let same = try await server.send("POST", "/", "[MASK]", headers: [("Origin", own)])
            #expect(same.status == 200)
            #expect(same["access-control-allow-origin"] == nil)
        }
        try await ServerUnderTest.run(configure: { $0.corsOrigins = [origin] }) { server in
            let allowed = try await server.send("POST", "/", "[MASK]", headers: [("Origin", origin)])
            #expect(allowed.status == 200)
            #expect(allowed["access-control-allow-origin"] == origin)
            let asked = try await server.send("OPTIONS", "/", headers: [("Origin", origin)])
            #expect(asked.status == 204)
            #expect(asked["access-control-allow-methods"] == "GET, HEAD, POST")
            #expect(asked["access-control-allow-origin"] == origin)
            #expect(asked["access-control-allow-headers"]?.contains("X-Wait-For-Model") == true)
            #expect(asked["access-control-max-age"] == "600")
            #expect(asked.body.isEmpty)
            #expect(allowed["vary"]?.lowercased().contains("origin") == true)
            #expect(allowed["access-control-expose-headers"]?.contains("X-Compute-Time") == true)
            // An origin is scheme, name and port, all of them; `null` is the origin of a file.
            for other in ["http://page.example", "\(origin):8443", "\(origin).evil.example", "null", "*", ""] {
                let refused = try await server.send("POST", "/", "[MASK]", headers: [("Origin", other)])
                #expect(refused.status == 403, "\(other)")
                #expect(refused["access-control-allow-origin"] == nil, "\(other)")
                let preflight = try await server.send("OPTIONS", "/", headers: [("Origin", other)])
                #expect(preflight.status == 403, "\(other)")
            }
            #expect(try await server.send("GET", "/", headers: [("Origin", "https://other.example")]).status == 403)
        }
    }
}
