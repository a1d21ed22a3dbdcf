import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is `DebertaV2Model.last_hidden_state` of transformers: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct FeatureExtractionPipelineTests {
    @Test func `vectors are those of transformers`() throws {
        let golden = try Goldens.json("features")
        let name = try #require(golden["model"]?.stringValue)
        let extract = try FeatureExtractionPipeline(
            directory: "\(Goldens.directory)/\(name)", device: Goldens.device.get())
        let cases = try #require(golden["cases"]?.arrayValue)
        let texts = cases.compactMap { $0["text"]?.stringValue }
        #expect(texts.count == 3)
        let means = try extract.embed(texts)
        let firsts = try extract.embed(texts, pooling: .cls)
        let normalized = try extract.embed(texts, isNormalized: true)
        for (index, item) in cases.enumerated() {
            #expect(Goldens.difference(means[index].json, item["mean"] ?? .null) == nil)
            #expect(Goldens.difference(firsts[index].json, item["first"] ?? .null) == nil)
            #expect(Goldens.difference(normalized[index].json, item["normalized"] ?? .null) == nil)
            let tokens = try extract(texts[index])
            let rows = (0..<tokens.rows).map { JSONValue.array(tokens.row($0).map { .double(Double($0)) }) }
            #expect(Goldens.difference(.array(rows), item["tokens"] ?? .null) == nil)
        }
    }
}
