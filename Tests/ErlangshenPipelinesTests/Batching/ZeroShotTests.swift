import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenPipelines

/// The truth is transformers' own zero-shot-classification pipeline: `$PYTHON tools/goldens/make_zero_shot_goldens.py`.
struct ZeroShotTests {
    /// The small classifier with other names for its labels, in a temporary folder.
    private func pipeline(_ labels: [JSONValue]) throws -> TextClassificationPipeline {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("erlangshen-zero-\(UUID().uuidString)")
        defer { try? files.removeItem(at: folder) }
        try files.copyItem(at: URL(fileURLWithPath: "\(Goldens.directory)/three-labels"), to: folder)
        let path = folder.appendingPathComponent("config.json")
        let config = try #require(JSONValue.parse([UInt8](Data(contentsOf: path))).objectValue)
        let names = JSONObject(labels.enumerated().map { (key: "\($0)", value: $1) })
        let ids = JSONObject(
            labels.enumerated().map { (key: $1.stringValue ?? "", value: .integer(Int64($0))) })
        let pairs = config.map { pair -> (key: String, value: JSONValue) in
            switch pair.0 {
            case "id2label": (pair.0, .object(names))
            case "label2id": (pair.0, .object(ids))
            default: (pair.0, pair.1)
            }
        }
        try files.removeItem(at: path)
        try Data(JSONValue.object(JSONObject(pairs)).serialized().utf8).write(to: path)
        return try TextClassificationPipeline(directory: folder.path, device: Goldens.device.get())
    }

    @Test func `labels and scores are those of transformers`() throws {
        let cases = try #require(Goldens.json("zeroShot").arrayValue)
        #expect(cases.count == 24)
        var loaded: [String: TextClassificationPipeline] = [:]
        for item in cases {
            let labels = try #require(item["labels"]?.arrayValue)
            let name = "\(labels)"
            let classify = try loaded[name] ?? pipeline(labels)
            loaded[name] = classify
            let question = try classify.question(
                [try #require(item["sequence"]?.stringValue)],
                candidates: try #require(item["candidates"]?.arrayValue).compactMap(\.stringValue),
                hypothesis: try #require(item["hypothesis"]?.stringValue),
                isMultiLabel: item["multi_label"] == true)
            let found = try classify.answers([question])[0][0].json
            #expect(Goldens.difference(found, try #require(item["reply"])) == nil, "\(item)")
        }
    }

    @Test func `no candidates, and a hypothesis without a place, are refused`() throws {
        let classify = try pipeline(["contradiction", "neutral", "entailment"])
        #expect(throws: PipelineError.self) { try classify.question(["有"], candidates: []) }
        for hypothesis in ["没有地方", "{}和{}", ""] {
            #expect(throws: PipelineError.self) {
                try classify.question(["有"], candidates: ["甲"], hypothesis: hypothesis)
            }
        }
    }
}
