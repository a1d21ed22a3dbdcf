import Foundation
import Testing

@testable import ErlangshenPipelines

struct LogitRowTests {
    @Test func `log-probabilities are those of the definition`() throws {
        let logits: [Float] = [0.5, -2, 3.25, 0, 3.25]
        let row = try LogitRow(logits[...])
        let sum = logits.reduce(0) { $0 + exp(Double($1)) }
        for (token, logit) in logits.enumerated() {
            #expect(abs(row.logProbability(token) - (Double(logit) - log(sum))) < 1e-12)
            #expect(abs(row.probability(token) - exp(Double(logit)) / sum) < 1e-12)
        }
    }

    static func exponential(_ value: Double) -> Double { exp(value) }

    @Test func `large logits do not overflow`() throws {
        let row = try LogitRow([1e38, 0, 1e38])
        #expect(abs(row.probability(0) - 0.5) < 1e-12)
        #expect(row.probability(1) == 0)
    }

    @Test func `equal logits rank by id, whichever way the top is found`() throws {
        let logits = (0..<200).map { Float($0 % 7) }
        let row = try LogitRow(logits[...])
        let ranked = (0..<200).sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
        for count in [1, 5, 63, 64, 65, 200, 1000] { #expect(row.top(count) == Array(ranked.prefix(count))) }
        #expect(row.top(3) { $0 % 2 == 0 } == Array(ranked.filter { $0 % 2 == 0 }.prefix(3)))
        #expect(row.top(0) == [])
    }

    @Test func `a slice counts from its own start`() throws {
        let values: [Float] = [9, 9, 1, 2, 3]
        let row = try LogitRow(values[2...])
        #expect(row.top(1) == [2])
        #expect(row.countAbove(0) == 2)
    }

    @Test(arguments: [[Float.nan, 1], [Float.infinity, 1], [-Float.infinity, -Float.infinity], []])
    func `what is no distribution is refused`(logits: [Float]) {
        #expect(throws: PipelineError.self) { try LogitRow(logits[...]) }
    }
}
