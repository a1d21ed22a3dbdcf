import ErlangshenMasking
import ErlangshenCompute
import Testing

@testable import ErlangshenPretraining

@Suite struct MaskedFiguresTests {
    /// Four masks in two sequences, three words; logits by hand.
    @Test func countsTokensAndWords() throws {
        let sequences = [
            MaskedSequence(ids: [2, 4, 4, 4, 3], positions: [1, 2, 3], labels: [5, 6, 0], wordEnds: [2, 3]),
            MaskedSequence(ids: [2, 4, 3], positions: [1], labels: [6], wordEnds: [1]),
        ]
        let logits = Matrix(
            rows: 4, columns: 7,
            values: [
                0, 0, 0, 0, 0, 3, 0,  // right
                0, 0, 0, 0, 0, 2, 1,  // second
                9, 9, 0, 0, 0, 0, 0,  // right: of equal ones the first
                1, 1, 1, 1, 1, 1, 1,  // last of equal ones: seventh
            ])
        var figures = MaskedFigures()
        figures.add(logits, sequences)
        let named = Dictionary(uniqueKeysWithValues: figures.named.map { ($0.name, $0.value) })
        #expect(figures.maskCount == 4 && figures.wordCount == 3)
        #expect(named["accuracy"] == 0.5 && named["top5_accuracy"] == 0.75 && named["word_accuracy"] == 1.0 / 3)
        // torch.nn.functional.cross_entropy of these rows in float64: the mean of 0.2617…, 1.9038…, 0.6934…, 1.9459….
        let expected =
            (Self.loss([3, 0, 0, 0, 0, 0, 0]) + Self.loss([1, 2, 0, 0, 0, 0, 0])
                + Self.loss([9, 9, 0, 0, 0, 0, 0]) + Self.loss([1, 1, 1, 1, 1, 1, 1])) / 4
        #expect(abs(try #require(named["loss"]) - expected) < 1e-12)
        #expect(abs(try #require(named["perplexity"]) - nearExp(expected)) < 1e-12)
        let twice = figures + figures
        #expect(twice.maskCount == 8 && abs(twice.loss - expected) < 1e-12)
    }

    /// −log softmax of the first, without the shift by the largest.
    private static func loss(_ scores: [Double]) -> Double {
        nearLog(scores.reduce(0) { $0 + nearExp($1) }) - scores[0]
    }
}
