import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is a loop in float64, one token after the other: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct TargetComparisonTests {
    @Test func `whole targets have the conditionals of brute force`() throws {
        let fillMask = try Goldens.fillMask.get()
        let cases = try #require(Goldens.json("bruteForce")["targets"]?.arrayValue)
        #expect(cases.count == 2)
        for item in cases {
            let text = try #require(item["text"]?.stringValue)
            let expected = try #require(item["scores"]?.arrayValue)
            let targets = expected.compactMap { $0["target"]?.stringValue }
            let found = try fillMask.compare(text, targets: targets)
            #expect(found.scores.count == targets.count)
            for score in found.scores {
                let truth = try #require(expected.first(where: { $0["target"]?.stringValue == score.target }))
                #expect(score.tokens == truth["tokens"]?.arrayValue?.compactMap(\.intValue))
                let values = try #require(truth["logProbabilities"]?.arrayValue).compactMap(\.doubleValue)
                #expect(score.logProbabilities.count == values.count)
                for (left, right) in zip(score.logProbabilities, values) {
                    #expect(abs(left - right) < Goldens.logTolerance)
                }
                #expect(score.text == text.replacing("[MASK]", with: score.target))
            }
        }
    }

    @Test func `mean and sum rank by what they are called`() throws {
        let fillMask = try Goldens.fillMask.get()
        let targets = ["江", "大江大河", "大江", "水"]
        let means = try fillMask.compare("有[MASK]。", targets: targets, by: .mean).scores
        #expect(means.map(\.meanLogProbability) == means.map(\.meanLogProbability).sorted(by: >))
        let sums = try fillMask.compare("有[MASK]。", targets: targets, by: .sum).scores
        #expect(sums.map(\.logProbability) == sums.map(\.logProbability).sorted(by: >))
        #expect(Set(means.map(\.target)) == Set(targets))
    }

    @Test func `a target of one token has its ordinary probability`() throws {
        let fillMask = try Goldens.fillMask.get()
        let plain = try fillMask("有[MASK]江。", targets: ["河"]).predictions[0].score
        let scores = try fillMask.compare("有[MASK]江。", targets: ["河", "大河"]).scores
        let whole = try #require(scores.first(where: { $0.target == "河" }))
        #expect(abs(LogitRowTests.exponential(whole.logProbability) - plain) < Goldens.tolerance)
    }

    @Test func `what cannot be compared is refused or told`() throws {
        let fillMask = try Goldens.fillMask.get()
        #expect(throws: PipelineError.self) { try fillMask.compare("[MASK][MASK]", targets: ["河"]) }
        #expect(throws: PipelineError.self) { try fillMask.compare("河", targets: ["河"]) }
        #expect(throws: PipelineError.self) { try fillMask.compare("[MASK]", targets: [" "]) }
        #expect(try fillMask.compare("[MASK]", targets: ["", "河"]).warnings == [.targetIgnored(target: "")])
    }
}
