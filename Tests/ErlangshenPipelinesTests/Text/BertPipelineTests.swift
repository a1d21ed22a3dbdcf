import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import Foundation
import Testing

@testable import ErlangshenPipelines

/// Folders as the hub has those of BERT: `pytorch_model.bin` in the format before PyTorch 1.6, LayerNorms with gamma and
/// beta, no `tokenizer_config.json`. The truth is transformers: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct BertPipelineTests {
    private func folder(_ name: String) -> String { "\(Goldens.directory)/\(name)" }

    private func cases(_ name: String) throws -> [JSONValue] {
        let cases = try #require(Goldens.json("bert")[name]?.arrayValue)
        #expect(cases.count >= 2)
        return cases
    }

    private func text(_ item: JSONValue) throws -> String { try #require(item["text"]?.stringValue) }

    @Test func `masks are filled as transformers fills them`() throws {
        let fillMask = try FillMaskPipeline(directory: folder("bert-masked-lm"), device: Goldens.device.get())
        for item in try cases("fillMask") {
            let input = try #require(item["inputs"]?.stringValue)
            let result = try fillMask(input)
            #expect(Goldens.difference(result.json, item["reply"] ?? .null) == nil, "\(input)")
        }
        for item in try cases("scores") {
            let score = try fillMask.score(text(item))
            let likelihood = try #require(item["pseudoLogLikelihood"]?.doubleValue)
            #expect(abs(score.pseudoLogLikelihood - likelihood) < Goldens.logTolerance * Double(score.tokens.count))
        }
    }

    /// Only the token types tell the two texts of a pair apart.
    @Test func `texts and pairs are sorted as transformers sorts them`() throws {
        let classify = try TextClassificationPipeline(directory: folder("bert-labels"), device: Goldens.device.get())
        for item in try cases("texts") {
            let result = try classify(TextClassificationInput(text(item)), topK: nil)
            #expect(Goldens.difference(result.json, item["reply"] ?? .null) == nil)
        }
        for item in try cases("pairs") {
            let pair = try TextClassificationInput(text(item), pair: item["pair"]?.stringValue)
            let result = try classify(pair, topK: nil)
            #expect(Goldens.difference(result.json, item["reply"] ?? .null) == nil)
        }
    }

    @Test func `tokens are tagged and texts embedded as transformers does`() throws {
        let tag = try TokenClassificationPipeline(directory: folder("bert-tags"), device: Goldens.device.get())
        for item in try cases("tokens") {
            let result = try tag(text(item), aggregation: .simple)
            #expect(Goldens.difference(result.json, item["reply"] ?? .null) == nil)
        }
        let extract = try FeatureExtractionPipeline(directory: folder("bert-masked-lm"), device: Goldens.device.get())
        for item in try cases("features") {
            #expect(Goldens.difference(try extract.embed([text(item)])[0].json, item["mean"] ?? .null) == nil)
            let first = try extract.embed([text(item)], pooling: .cls)[0]
            #expect(Goldens.difference(first.json, item["first"] ?? .null) == nil)
        }
    }

    /// The table of positions has 24 rows: 22 tokens beside [CLS] and [SEP].
    @Test func `a text beyond the positions is refused or cut as asked`() throws {
        let fillMask = try FillMaskPipeline(directory: folder("bert-masked-lm"), device: Goldens.device.get())
        let longest = "[MASK]" + String(repeating: "山", count: 21)
        #expect(try fillMask(longest).warnings.isEmpty)
        #expect {
            try fillMask(longest + "水")
        } throws: { error in
            guard case .model(.positionOutOfRange(position: 24, maxPositionEmbeddings: 24))? = error as? PipelineError
            else { return false }
            return true
        }
        #expect(try fillMask(longest + "水", maximumTokens: 24).warnings == [.truncated(tokenCount: 1)])
        let blank = "____" + String(repeating: "山", count: 21)
        #expect(throws: PipelineError.self) { try fillMask.score(longest + "水") }
        #expect(throws: PipelineError.self) { try fillMask.fillBlank(blank, maximumLength: 2) }
        #expect(try fillMask.fillBlank(blank, maximumLength: 1).warnings.isEmpty)
    }

    @Test func `the doctor finds nothing but the form of the file`() throws {
        let uses = ["bert-masked-lm": "fill-mask", "bert-labels": "classify", "bert-tags": "tag"]
        for (name, use) in uses {
            let report = CheckpointDoctor.examine(directory: folder(name))
            #expect(report.findings.map(\.kind) == ["file"] && report.findings[0].severity == .note, "\(report)")
            #expect(report.uses == ["embed", use])
        }
    }

    /// Files of a tagger from before transformers 3.5 have a pooler too: `architectures` says what the classifier is.
    @Test func `a tagger with a pooler is a tagger`() throws {
        let copy = NSTemporaryDirectory() + "erlangshen-bert-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: folder("bert-labels"), toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let config = try String(contentsOfFile: copy + "/config.json", encoding: .utf8)
        let changed = config.replacingOccurrences(of: "ForSequenceClassification", with: "ForTokenClassification")
        try #require(changed != config)
        try changed.write(toFile: copy + "/config.json", atomically: true, encoding: .utf8)
        #expect(CheckpointDoctor.examine(directory: copy).uses == ["embed", "tag"])
        let tag = try TokenClassificationPipeline(directory: copy, device: Goldens.device.get())
        #expect(try !tag("他在北京").entities.isEmpty)
        // Prepared, the folder serves as either.
        let prepared = copy + "-prepared"
        defer { try? FileManager.default.removeItem(atPath: prepared) }
        try PreparedModel.write(copy, to: prepared, precision: .fp32, device: Goldens.device.get())
        let again = try TokenClassificationPipeline(directory: prepared, device: Goldens.device.get())
        #expect(try again("他在北京").json == tag("他在北京").json)
    }
}
