import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is transformers' own text-classification pipeline: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct TextClassificationPipelineTests {
    private func pipeline(_ name: String) throws -> TextClassificationPipeline {
        try TextClassificationPipeline(directory: "\(Goldens.directory)/\(name)", device: Goldens.device.get())
    }

    @Test func `labels and scores are those of transformers`() throws {
        let models = try #require(Goldens.json("classification").arrayValue)
        #expect(models.count == 4)
        for model in models {
            let name = try #require(model["model"]?.stringValue)
            let classify = try pipeline(name)
            let cases = try #require(model["cases"]?.arrayValue)
            #expect(cases.count == 14)
            for item in cases { try check(item, classify, name) }
        }
    }

    private func check(_ item: JSONValue, _ classify: TextClassificationPipeline, _ name: String) throws {
        let raw = try #require(item["inputs"])
        let inputs: [TextClassificationInput]
        do {
            inputs = try TextClassificationInput.inputs(from: raw).inputs
        } catch {
            #expect(error.description == item["error"]?.stringValue, "\(name) \(raw)")
            return
        }
        let reply = try #require(item["reply"], "\(name) \(raw): transformers failed")
        let isAll = item["top_k"] == .null
        let function = item["function_to_apply"]?.stringValue.flatMap(ClassificationFunction.init)
        let results = try classify(inputs, topK: isAll ? nil : item["top_k"]?.intValue ?? 1, function: function)
        #expect(results.count == inputs.count)
        // transformers unwraps: a pair to one label, a text to a list, a batch to a list of labels (lists with top_k).
        let isLegacy = item.objectValue?.keys.contains("top_k") == false
        let found: JSONValue
        switch raw {
        case .object: found = isLegacy ? results[0].labels[0].json : results[0].json
        case .string: found = results[0].json
        default:
            found = isLegacy ? .array(results.map { $0.labels[0].json }) : TextClassificationResult.json(of: results)
        }
        #expect(Goldens.difference(found, reply) == nil, "\(name) \(raw)")
    }

    @Test func `the default function follows the configuration`() throws {
        #expect(try pipeline("three-labels").standardFunction == .softmax)
        #expect(try pipeline("one-label").standardFunction == .sigmoid)
        #expect(try pipeline("multi-label").standardFunction == .sigmoid)
        #expect(try pipeline("regression").standardFunction == .none)
        #expect(ClassificationFunction.standard(problemType: "single_label_classification", labelCount: 1) == .sigmoid)
        #expect(ClassificationFunction.standard(problemType: nil, labelCount: 2) == .softmax)
    }

    @Test func `cuts are told and counts below one refused`() throws {
        let classify = try pipeline("three-labels")
        let pair = TextClassificationInput("山水山水", pair: "江河")
        #expect(try classify(pair, maximumTokens: 7).warnings == [.truncated(tokenCount: 2)])
        #expect(throws: PipelineError.self) { try classify("山", topK: 0) }
        #expect(throws: PipelineError.self) {
            try TextClassificationPipeline(directory: "\(Goldens.directory)/masked-lm", device: Goldens.device.get())
        }
    }
}
