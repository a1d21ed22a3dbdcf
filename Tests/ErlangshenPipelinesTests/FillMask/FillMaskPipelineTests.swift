import ErlangshenJSON
import ErlangshenModel
import ErlangshenTokenizer
import Testing

@testable import ErlangshenPipelines

/// The truth is transformers' own fill-mask pipeline: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct FillMaskPipelineTests {
    @Test func `replies, warnings and errors are those of transformers`() throws {
        let fillMask = try Goldens.fillMask.get()
        let cases = try #require(Goldens.json("fillMask")["cases"]?.arrayValue)
        #expect(cases.count >= 20)
        for item in cases { try check(item, fillMask) }
    }

    private func check(_ item: JSONValue, _ fillMask: FillMaskPipeline) throws {
        let inputs = item["inputs"]?.arrayValue?.compactMap(\.stringValue)
        let texts = try inputs ?? [#require(item["inputs"]?.stringValue)]
        let targets = item["targets"].map { $0.arrayValue?.compactMap(\.stringValue) ?? [$0.stringValue ?? ""] }
        let name = "\(texts) \(targets ?? [])"
        let results: [FillMaskResult]
        do {
            results = try fillMask(
                texts, topK: item["top_k"]?.intValue ?? 5, targets: targets,
                maximumTokens: item["tokenizer_kwargs"]?["max_length"]?.intValue)
        } catch {
            #expect(error.description == item["error"]?.stringValue, "\(name)")
            return
        }
        let reply = try #require(item["reply"], "\(name): transformers failed with \(item["error"] ?? .null)")
        #expect(Goldens.difference(FillMaskResult.json(of: results), reply) == nil, "\(name)")
        let warnings = results[0].warnings.filter {
            switch $0 {
            case .targetReplaced, .targetIgnored: true
            default: false
            }
        }
        #expect(warnings.map(\.description) == item["warnings"]?.arrayValue?.compactMap(\.stringValue), "\(name)")
    }

    @Test func `the text is the user's own string with the mask replaced`() throws {
        let fillMask = try Goldens.fillMask.get()
        let result = try fillMask("Café 在[MASK]京\t看 [MASK]。", topK: 1, targets: ["北"])
        #expect(result.masks.map { $0[0].text } == ["Café 在北京\t看 [MASK]。", "Café 在[MASK]京\t看 北。"])
    }

    @Test func `length and cuts are told`() throws {
        let fillMask = try Goldens.fillMask.get()
        // max_position_embeddings of the checkpoint is 24: 30 tokens, [CLS] and [SEP] are beyond it.
        let long = String(repeating: "山", count: 29) + "[MASK]"
        #expect(try fillMask(long).warnings == [.extrapolates(tokenCount: 32, trainedOn: 24)])
        #expect(try fillMask("[MASK]" + long, maximumTokens: 10).warnings == [.truncated(tokenCount: 23)])
        #expect(try fillMask("[MASK]").warnings.isEmpty)
        #expect(try fillMask("[MASK]").tokenCount == 3)
    }

    @Test func `a batch is answered like its texts one by one`() throws {
        let fillMask = try Goldens.fillMask.get()
        let texts = (0..<200).map { String(repeating: "山水", count: $0 % 23) + "[MASK]" }
        let together = try fillMask(texts, topK: 2)
        for (text, result) in zip(texts, together).filter({ $0.0.utf8.count % 5 == 0 }) {
            let alone = try fillMask(text, topK: 2)
            #expect(Goldens.difference(result.json, alone.json) == nil)
        }
        #expect(try fillMask([String]()).isEmpty)
    }

    @Test func `counts below one are refused`() throws {
        let fillMask = try Goldens.fillMask.get()
        #expect(throws: PipelineError.self) { try fillMask("[MASK]", topK: 0) }
        #expect(throws: PipelineError.self) { try fillMask("[MASK]", topK: -1) }
        #expect(throws: PipelineError.self) { try fillMask("[MASK]", targets: []) }
        #expect(try fillMask("[MASK]", topK: 1_000_000).predictions.count == 133)
    }

    @Test func `a tokenizer with more entries than the model is refused`() throws {
        let model = try EncoderForMaskedLM(directory: Goldens.directory + "/masked-lm", device: Goldens.device.get())
        let words = HashPipeline.words + (HashPipeline.words.count...model.config.vocabSize).map { "w\($0)" }
        let tokenizer = try BertTokenizer(vocabulary: Vocabulary(tokens: words))
        #expect {
            try FillMaskPipeline(model: model, tokenizer: tokenizer)
        } throws: { error in
            guard case .vocabularyMismatch(134, 133) = error as? PipelineError else { return false }
            return true
        }
    }
}
