import ErlangshenJSON
import Testing

@testable import ErlangshenServer

/// Whatever is wrong with a request, the reply has one schema.
@Suite(.timeLimit(.minutes(1)))
struct ErrorSchemaTests {
    @Test(arguments: [
        ("GET", "/nowhere", 404), ("POST", "/models/unknown", 404), ("POST", "/pipeline/unknown", 404),
        ("GET", "/models/", 404), ("GET", "/%zz", 404), ("POST", "/health", 405), ("DELETE", "/", 405),
        ("GET", "/pipeline/fill-mask", 405), ("OPTIONS", "/", 405), ("PATCH", "/info", 405),
    ]) func `paths and methods that are not served`(_ method: String, _ path: String, _ status: Int) async throws {
        try await ServerUnderTest.run { server in
            let reply = try await server.send(method, path, method == "POST" ? ["inputs": "有"] : nil)
            #expect(reply.status == status)
            #expect(reply.failure != nil, "\(String(decoding: reply.body, as: UTF8.self))")
            #expect((reply["allow"] != nil) == (status == 405))
        }
    }

    @Test func `the field Allow names what works`() async throws {
        try await ServerUnderTest.run { server in
            #expect(try await server.send("DELETE", "/")["allow"] == "GET, HEAD, POST")
            #expect(try await server.send("POST", "/info", "x")["allow"] == "GET, HEAD")
            let head = try await server.send("HEAD", "/info")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func `bodies that mean nothing`() async throws {
        try await ServerUnderTest.run { server in
            let bodies: [(JSONValue, Int, String?)] = [
                ([:], 422, "inputs"), (["inputs": 1], 422, "inputs"), (["inputs": []], 422, "inputs"),
                (["inputs": ["有[MASK]", 1]], 422, "inputs[1]"), (["inputs": "有"], 400, "inputs"),
                (["inputs": "[MASK]", "parameters": 3], 422, "parameters"),
                (["inputs": "[MASK]", "parameters": ["top_k": "5"]], 422, "parameters.top_k"),
                (["inputs": "[MASK]", "parameters": ["stride": 5]], 422, "parameters.stride"),
                (["inputs": "[MASK]", "other": 3], 422, "other"),
                (["inputs": "[MASK]", "options": ["wait_for_model": 1]], 422, "options.wait_for_model"),
                (["inputs": "[MASK]", "parameters": ["targets": []]], 400, "parameters.targets"),
                (["inputs": "[MASK]", "parameters": ["candidate_labels": ["甲"]]], 422, nil),
                (
                    ["inputs": "[MASK]", "parameters": ["truncation_direction": "left"]], 422,
                    "parameters.truncation_direction"
                ),
            ]
            for (body, status, field) in bodies {
                let reply = try await server.send("POST", "/", body)
                #expect(reply.status == status, "\(body)")
                #expect(reply.failure != nil, "\(body)")
                #expect(reply.failure?["field"]?.stringValue == field, "\(body)")
            }
            let noMask = try await server.send("POST", "/", ["inputs": "有"])
            // The words of the hosted API.
            #expect(noMask.failure?["error"] == "No mask_token ([MASK]) found on the input")
            #expect(
                noMask.failure?["warnings"]
                    == ["There was an inference error: No mask_token ([MASK]) found on the input"])
            let pairs = try await server.send("POST", "/models/three-labels", ["inputs": [["a", "b"]]])
            #expect(pairs.status == 400)
            #expect(pairs.failure?["error"]?.stringValue?.hasPrefix("The pipeline received invalid inputs") == true)
        }
    }

    @Test func `bodies that are no JSON, and types that are not taken`() async throws {
        try await ServerUnderTest.run { server in
            for (type, body, status) in [
                ("application/json", "{", 400), ("application/json", "", 400), ("application/json", "{\"a\":1,}", 400),
                ("application/json", "\"\\ud800\"", 400), ("application/json; charset=utf-8", "\"[MASK]\"", 200),
                ("text/plain", "有[MASK]", 200), ("image/png", "\"[MASK]\"", 415), ("multipart/form-data", "x", 415),
                ("application/x-www-form-urlencoded", "{\"inputs\":\"[MASK]\"}", 200),
            ] {
                let connection = try RawConnection(port: server.port)
                connection.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: \(type)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                #expect(await connection.readAll().hasPrefix("HTTP/1.1 \(status)"), "\(type) \(body)")
            }
            let zipped = try await server.send("POST", "/", "x", headers: [("Content-Encoding", "gzip")])
            #expect(zipped.status == 415)
            #expect(zipped.failure?["field"] == "Content-Encoding")
        }
    }
}
