import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is brute force in float64 over every filling: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct JointFillingTests {
    @Test func `the best fillings of two masks are those of brute force`() throws {
        let fillMask = try Goldens.fillMask.get()
        let cases = try #require(Goldens.json("bruteForce")["joint"]?.arrayValue)
        #expect(cases.count == 9)
        for item in cases {
            let text = try #require(item["text"]?.stringValue)
            let order = try #require(
                ["leftToRight": MaskOrder.leftToRight, "rightToLeft": .rightToLeft][
                    item["order"]?.stringValue ?? "", default: .mostCertainFirst])
            let best = try #require(item["best"]?.arrayValue)
            let result = try fillMask.fillJointly(text, topK: best.count, beamWidth: 133, order: order)
            try compare(result.fillings, best, "\(text) \(order)")
            #expect(result.exactCount == best.count)
        }
    }

    @Test func `a narrow beam says how much of it is exact`() throws {
        let fillMask = try Goldens.fillMask.get()
        let wide = try fillMask.fillJointly("有[MASK][MASK]。", topK: 12, beamWidth: 133)
        let narrow = try fillMask.fillJointly("有[MASK][MASK]。", topK: 4, beamWidth: 4)
        for index in 0..<narrow.exactCount { #expect(narrow.fillings[index].tokens == wide.fillings[index].tokens) }
        // Whatever the beam finds carries its exact probability.
        for filling in narrow.fillings {
            let same = wide.fillings.first { $0.tokens == filling.tokens }
            if let same { #expect(abs(same.logProbability - filling.logProbability) < Goldens.logTolerance) }
        }
    }

    @Test func `one mask filled jointly is one mask filled`() throws {
        let fillMask = try Goldens.fillMask.get()
        let joint = try fillMask.fillJointly("有[MASK]江。", topK: 3)
        let plain = try fillMask("有[MASK]江。", topK: 3)
        #expect(joint.fillings.map(\.tokens) == plain.predictions.map { [$0.token] })
        for (left, right) in zip(joint.fillings, plain.predictions) {
            #expect(abs(left.probability - right.score) < Goldens.tolerance)
            #expect(left.text == right.text)
        }
    }

    @Test func `words, text and special tokens`() throws {
        let pipeline = try HashPipeline.make()
        let result = try pipeline.fillJointly("水[MASK][MASK]，[MASK]。", topK: 8, beamWidth: 512)
        for filling in result.fillings {
            #expect(filling.words.count == 2)
            #expect(filling.tokens.allSatisfy { $0 >= 5 })
            #expect(!filling.text.contains("[MASK]") && filling.text.hasPrefix("水") && filling.text.hasSuffix("。"))
        }
        #expect(result.exactCount == 8)
    }

    /// The truth is the hash model's whole distribution: what is proposed is every word of it, with its own probability.
    @Test func `no special and no unused token is proposed together or at a blank`() throws {
        let unused = ["[unused1]", "[unused99]", "[unused0]"]
        let brackets = ["[", "[unused", "[unused]", "[unusedx]", "unused1]"]
        let words = Array(HashPipeline.words[5...]) + brackets
        let vocabulary = HashPipeline.words[..<5] + unused + words
        let pipeline = try HashPipeline.make(Array(vocabulary))
        let model = HashModel(vocabularySize: vocabulary.count)
        let ids = try pipeline.tokenizer.encode("水[MASK]。").ids
        let mask = try #require(ids.firstIndex(of: pipeline.tokenizer.maskTokenId))
        let truth = try model.logProbabilities(ids, at: mask)

        let joint = try pipeline.fillJointly("水[MASK]。", topK: 100).fillings
        let blank = try pipeline.fillBlank("水__。", topK: 100, maximumLength: 1).fillings
        for fillings in [joint, blank] {
            #expect(Set(fillings.flatMap(\.tokenStrings)) == Set(words))
            for filling in fillings { #expect(abs(filling.logProbability - truth[filling.tokens[0]]) < 1e-12) }
        }
        // Two masks: every pair of words, and nothing else.
        let pairs = try pipeline.fillJointly("水[MASK][MASK]。", topK: 1_000).fillings
        #expect(pairs.count == words.count * words.count)
        #expect(Set(pairs.flatMap(\.tokenStrings)) == Set(words))
        // Each mask on its own is transformers' call, which leaves nothing out.
        let plain = try pipeline("水[MASK]。", topK: 100).predictions
        #expect(Set(plain.map(\.token)) == Set(vocabulary.indices))
    }

    @Test func `what cannot be filled is refused`() throws {
        let pipeline = try HashPipeline.make()
        #expect(throws: PipelineError.self) { try pipeline.fillJointly("水") }
        #expect(throws: PipelineError.self) { try pipeline.fillJointly("[MASK]", topK: 0) }
        #expect(throws: PipelineError.self) { try pipeline.fillJointly("[MASK]", beamWidth: 0) }
        #expect(throws: PipelineError.self) {
            try pipeline.fillJointly(String(repeating: "[MASK]", count: FillMaskPipeline.maximumJointMasks + 1))
        }
    }

    @Test func `blanks of one and two tokens are ranked together`() throws {
        let fillMask = try Goldens.fillMask.get()
        let cases = try #require(Goldens.json("bruteForce")["blanks"]?.arrayValue)
        #expect(cases.count == 2)
        for item in cases {
            let text = try #require(item["text"]?.stringValue)
            let best = try #require(item["best"]?.arrayValue)
            let result = try fillMask.fillBlank(
                text, topK: best.count, maximumLength: item["maximumLength"]?.intValue ?? 0, beamWidth: 133)
            try compare(result.fillings, best, text)
            for (filling, expected) in zip(result.fillings, best) {
                let mean = try #require(expected["meanLogProbability"]?.doubleValue)
                #expect(abs(filling.meanLogProbability - mean) < Goldens.logTolerance)
            }
        }
    }

    @Test func `a blank is one, and other masks stay`() throws {
        let pipeline = try HashPipeline.make()
        #expect(throws: PipelineError.self) { try pipeline.fillBlank("水[MASK]") }
        #expect(throws: PipelineError.self) { try pipeline.fillBlank("__水__") }
        #expect(throws: PipelineError.self) { try pipeline.fillBlank("__", maximumLength: 0) }
        #expect(throws: PipelineError.self) { try pipeline.fillBlank("__", maximumLength: 65) }
        let result = try pipeline.fillBlank("[MASK]水＿＿山", maximumLength: 3)
        #expect(result.fillings.allSatisfy { $0.text.hasPrefix("[MASK]水") && $0.text.hasSuffix("山") })
        let sums = try pipeline.fillBlank("水＿＿山", topK: 9, maximumLength: 3, by: .sum).fillings
        #expect(sums.map(\.logProbability) == sums.map(\.logProbability).sorted(by: >))
    }

    @Test(arguments: LengthNormalization.allCases)
    func `what a narrow beam calls exact at a blank is exact`(normalization: LengthNormalization) throws {
        let pipeline = try HashPipeline.make()
        var proven = 0
        for text in ["水__", "__山", "江__，", "山__水", "__", "水水__江"] {
            let wide = try pipeline.fillBlank(text, topK: 20, maximumLength: 3, beamWidth: 512, by: normalization)
            #expect(wide.exactCount == 20)
            for beam in 1...4 {
                let narrow = try pipeline.fillBlank(
                    text, topK: beam, maximumLength: 3, beamWidth: beam, by: normalization)
                for index in 0..<narrow.exactCount {
                    #expect(narrow.fillings[index].tokens == wide.fillings[index].tokens, "\(text) \(beam)")
                }
                proven += narrow.exactCount
            }
        }
        #expect(proven > 0)
    }

    private func compare(_ fillings: [JointFilling], _ best: [JSONValue], _ name: String) throws {
        #expect(fillings.count == best.count)
        for (filling, expected) in zip(fillings, best) {
            #expect(filling.tokens == expected["tokens"]?.arrayValue?.compactMap(\.intValue), "\(name)")
            let value = try #require(expected["logProbability"]?.doubleValue)
            #expect(abs(filling.logProbability - value) < Goldens.logTolerance, "\(name)")
        }
    }
}
