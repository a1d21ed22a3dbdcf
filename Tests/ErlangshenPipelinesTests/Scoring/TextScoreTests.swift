import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

/// The truth is a loop in float64 that masks each token once: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct TextScoreTests {
    @Test func `each token has the probability of brute force`() throws {
        let fillMask = try Goldens.fillMask.get()
        let cases = try #require(Goldens.json("bruteForce")["scores"]?.arrayValue)
        #expect(cases.count == 6)
        for item in cases {
            let text = try #require(item["text"]?.stringValue)
            let expected = try #require(item["tokens"]?.arrayValue)
            guard !expected.isEmpty else {
                #expect(throws: PipelineError.self) { try fillMask.score(text) }
                continue
            }
            let score = try fillMask.score(text)
            #expect(score.tokens.count == expected.count)
            for (token, truth) in zip(score.tokens, expected) { try compare(token, truth, text) }
            let perplexity = try #require(item["pseudoPerplexity"]?.doubleValue)
            #expect(abs(score.pseudoPerplexity / perplexity - 1) < Goldens.logTolerance)
            let likelihood = try #require(item["pseudoLogLikelihood"]?.doubleValue)
            #expect(abs(score.pseudoLogLikelihood - likelihood) < Goldens.logTolerance * Double(expected.count))
        }
    }

    private func compare(_ token: TokenScore, _ truth: JSONValue, _ text: String) throws {
        #expect(token.token == truth["token"]?.intValue)
        #expect(token.rank == truth["rank"]?.intValue)
        #expect(token.favourite == truth["favourite"]?.intValue)
        #expect(token.range.lowerBound == truth["start"]?.intValue)
        #expect(token.range.upperBound == truth["end"]?.intValue)
        #expect(token.text == String(String.UnicodeScalarView(Array(text.unicodeScalars)[token.range])))
        let value = try #require(truth["logProbability"]?.doubleValue)
        #expect(abs(token.logProbability - value) < Goldens.logTolerance)
        let favourite = try #require(truth["favouriteLogProbability"]?.doubleValue)
        #expect(abs(token.favouriteLogProbability - favourite) < Goldens.logTolerance)
    }

    @Test func `odd tokens are those whose favourite is so many times likelier`() throws {
        let score = try Goldens.fillMask.get().score("他在 Reading 看书!")
        for ratio in [1.5, 20, 100, 1e9] {
            let odd = score.oddTokens(ratio: ratio)
            #expect(odd == score.tokens.filter { $0.favouriteProbability / $0.probability >= ratio })
        }
    }

    @Test func `unknown tokens and length are told`() throws {
        let fillMask = try Goldens.fillMask.get()
        #expect(try fillMask.score("龘人").warnings == [.unknownTokens(count: 1)])
        #expect(
            try fillMask.score(String(repeating: "山", count: 30), maximumTokens: 26).warnings == [
                .truncated(tokenCount: 6), .extrapolates(tokenCount: 26, trainedOn: 24),
            ])
        #expect(throws: PipelineError.self) { try fillMask.score("[MASK][SEP]") }
    }
}
