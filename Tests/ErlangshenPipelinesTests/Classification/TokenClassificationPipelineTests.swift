import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is transformers' own token-classification pipeline: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct TokenClassificationPipelineTests {
    @Test func `entities are those of transformers under every strategy`() throws {
        let tag = try TokenClassificationPipeline(
            directory: "\(Goldens.directory)/tags", device: Goldens.device.get())
        let cases = try #require(Goldens.json("tokens")["cases"]?.arrayValue)
        #expect(cases.count == 31)
        var entityCount = 0
        for item in cases {
            let text = try #require(item["inputs"]?.stringValue)
            let strategy = try #require(item["strategy"]?.stringValue.flatMap(AggregationStrategy.init))
            let ignored = item["ignore_labels"]?.arrayValue?.compactMap(\.stringValue) ?? ["O"]
            let result = try tag(text, aggregation: strategy, ignoring: Set(ignored))
            let reply = try #require(item["reply"])
            let difference = Goldens.difference(result.json, reply)
            #expect(difference == nil, "\(text) \(strategy)")
            for entity in result.entities {
                #expect(Array(text.utf8)[entity.utf8Range].elementsEqual(entity.text.utf8))
            }
            entityCount += result.entities.count
        }
        #expect(entityCount > 50)
    }

    @Test func `a batch is tagged like its texts one by one`() throws {
        let tag = try TokenClassificationPipeline(
            directory: "\(Goldens.directory)/tags", device: Goldens.device.get())
        let texts = ["他在北京看书。", "", "Café 👍北京"]
        let together = try tag(texts, aggregation: .none)
        for (text, result) in zip(texts, together) {
            let alone = try tag(text, aggregation: .none)
            #expect(Goldens.difference(result.json, alone.json) == nil)
        }
    }
}
