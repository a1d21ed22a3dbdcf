import CoreMetrics
import Logging
import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenServer

@Suite(.timeLimit(.minutes(1)))
struct MetricsTests {
    @Test func `requests are counted by route and status, and no word of theirs is kept`() async throws {
        try await ServerUnderTest.run { server in
            for _ in 0..<3 { _ = try await server.ask("/", ["inputs": "秘密有[MASK]"]) }
            _ = try await server.send(
                "GET", "/秘密".addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "/x")
            _ = try await server.send("POST", "/models/secret-name", "秘密")
            _ = try await server.send("POST", "/", ["inputs": "秘密"])
            let reply = try await server.send("GET", "/metrics")
            #expect(reply["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(decoding: reply.body, as: UTF8.self)
            for line in [
                "erlangshen_requests_total{method=\"POST\",route=\"/\",status=\"200\"} 3",
                "erlangshen_requests_total{method=\"POST\",route=\"/\",status=\"400\"} 1",
                "erlangshen_requests_total{method=\"GET\",route=\"unknown\",status=\"404\"} 1",
                "erlangshen_requests_total{method=\"POST\",route=\"/models/{model}\",status=\"404\"} 1",
                "erlangshen_request_failures_total{reason=\"notfound\"} 2",
                "erlangshen_request_queue_duration_seconds_count 3", "erlangshen_request_input_tokens_count 3",
                "erlangshen_model_ready{model=\"tags\"} 1", "erlangshen_queue_requests{model=\"masked-lm\"} 0",
            ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
            for secret in ["秘密", "%E7%A7%98", "secret"] {
                #expect(!text.contains(secret))
                #expect(!server.log.text.contains(secret))
            }
        }
    }

    /// The grammar of the text format, version 0.0.4, line by line.
    @Test func `the text is what Prometheus reads`() throws {
        let metrics = ServiceMetrics(logger: .init(label: "test"))
        metrics.began()
        metrics.answered("/", "GET", .ok, seconds: 0.01)
        metrics.batch(requests: 3, tokens: 40)
        let sample = /^[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? ([0-9.e+-]+|NaN|[+-]Inf)$/
        var families: [String] = []
        for line in metrics.text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") { families.append(String(line.split(separator: " ")[2])) }
            #expect(line.hasPrefix("# ") || line.wholeMatch(of: sample) != nil, "\(line)")
        }
        #expect(Set(families).count == families.count)
        #expect(metrics.text.hasSuffix("\n"))
    }

    @Test func `buckets count up and labels are escaped`() {
        let registry = PrometheusRegistry()
        let family = MetricFamily.batchRequests
        let recorder = Recorder(label: family.name, dimensions: [], aggregate: true, factory: registry)
        for value in [1.0, 2, 3, 100_000] { recorder.record(value) }
        for line in [
            "erlangshen_batch_requests_bucket{le=\"1\"} 1", "erlangshen_batch_requests_bucket{le=\"2\"} 2",
            "erlangshen_batch_requests_bucket{le=\"4\"} 3", "erlangshen_batch_requests_bucket{le=\"16384\"} 3",
            "erlangshen_batch_requests_bucket{le=\"+Inf\"} 4", "erlangshen_batch_requests_sum 100006",
            "erlangshen_batch_requests_count 4",
        ] { #expect(registry.text.contains(line + "\n"), "\(line)") }
        Meter(label: "erlangshen_model_ready", dimensions: [("model", "a\"b\\c\nd")], factory: registry).set(1.0)
        #expect(registry.text.contains("erlangshen_model_ready{model=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test func `log lines stay lines`() {
        let lines = LogLines()
        var logger = Logger(label: "test", factory: { _ in LineLogHandler(level: .info) { lines.append($0) } })
        logger[metadataKey: "a"] = "x y"
        logger.info("first\nsecond \u{1B}[31m", metadata: ["b": "\"q\"\u{85}"])
        logger.debug("not this")
        let expected =
            /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info first\\u\{a\}second \\u\{1b\}\[31m a="x y" b="\\"q\\"\\u\{85\}"\n/
        #expect(lines.text.wholeMatch(of: expected) != nil, "\(lines.text)")
        // date -u -d @1700000000.25 +%FT%T.%3NZ
        #expect(UTCTime.text(1_700_000_000.25) == "2023-11-14T22:13:20.250Z")
    }
}
