import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenServer

/// The client of the hosted API, as it is published, against this server: `huggingface_hub.InferenceClient`.
@Suite(.timeLimit(.minutes(2)))
struct PythonClientTests {
    private static let script = """
        import json, sys
        from huggingface_hub import InferenceClient
        url = sys.argv[1]
        def plain(items): return [dict(item) for item in items]
        client = InferenceClient(model=url)
        classifier = InferenceClient(model=url + "/models/three-labels")
        tagger = InferenceClient(model=url + "/models/tags")
        vectors = InferenceClient(model=url + "/pipeline/feature-extraction")
        try:
            client.fill_mask("有")
            refused = None
        except Exception as error:
            refused = error.response.status_code
        print(json.dumps({
            "fill": plain(client.fill_mask("有[MASK]", top_k=3)),
            "targets": plain(client.fill_mask("有[MASK]", targets=["江"])),
            "labels": plain(classifier.text_classification("今天", top_k=2)),
            "zero": plain(classifier.zero_shot_classification("今天", ["体育", "财经"], multi_label=True)),
            "tags": plain(tagger.token_classification("今天在北京", aggregation_strategy="none", ignore_labels=[])),
            "vector": vectors.feature_extraction("今天", normalize=True).tolist(),
            "refused": refused,
        }, ensure_ascii=False))
        """

    /// A Python with huggingface_hub: `$PYTHON`, else that of the peers, else `python3`; nil when none has it.
    private static let python: String? = {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        let candidates = [
            ProcessInfo.processInfo.environment["PYTHON"], "\(home)/.cache/erlangshen-peers/bin/python",
            "/usr/bin/python3",
        ]
        return candidates.compactMap(\.self).first {
            (try? run($0, ["-c", "import huggingface_hub, numpy"]))?.status == 0
        }
    }()

    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        var variables = ProcessInfo.processInfo.environment
        variables["HF_HUB_OFFLINE"] = "0"
        variables["NO_PROXY"] = "127.0.0.1"
        process.environment = variables
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }

    /// Scores, ids and sequences; the client adds names of its own beside them.
    private static func words(_ reply: JSONValue?) -> [[JSONValue?]] {
        (reply?.arrayValue ?? []).map { item in ["score", "token", "token_str", "sequence"].map { item[$0] } }
    }

    @Test func `huggingface_hub works unmodified`() async throws {
        guard let python = Self.python else {
            print("skipped: no Python with huggingface_hub and numpy; set PYTHON to one")
            return
        }
        let models = try ServerUnderTest.pipelines.get()
        try await ServerUnderTest.run { server in
            let (status, output) = try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            try Self.run(python, ["-c", Self.script, "http://127.0.0.1:\(server.port)"])
                        })
                }
            }
            #expect(status == 0, "\(output)")
            let line = output.split(separator: "\n").last.map(String.init) ?? ""
            let reply = try JSONValue.parse(line)
            let fillMask = try #require(models["masked-lm"]?.fillMask)
            let fill = try fillMask("有[MASK]", topK: 3).json
            #expect(Self.words(reply["fill"]) == Self.words(fill))
            let targets = try fillMask("有[MASK]", targets: ["江"]).json
            #expect(Self.words(reply["targets"]) == Self.words(targets))
            let classify = try #require(models["three-labels"]?.textClassification)
            let labels = try classify("今天", topK: 2).json
            #expect(reply["labels"] == labels)
            let question = try classify.question(["今天"], candidates: ["体育", "财经"], isMultiLabel: true)
            let zero = try classify.answers([question])[0][0].json
            #expect(reply["zero"] == zero)
            #expect(reply["tags"]?.arrayValue?.count == 5)
            #expect(Self.words(fill).count == 3)
            #expect(reply["vector"]?.arrayValue?.first?.arrayValue?.count == models["masked-lm"]?.features.hiddenSize)
            #expect(reply["refused"] == 400)
        }
    }
}
