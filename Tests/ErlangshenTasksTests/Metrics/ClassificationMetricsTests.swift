import Testing

@testable import ErlangshenTasks

private let tolerance = 1e-12

/// scikit-learn 1.9.1: accuracy_score, f1_score(average="macro"), matthews_corrcoef,
/// precision_recall_fscore_support(labels=range(5)); scipy 1.17.1: pearsonr, spearmanr, binomtest(b, b + c, .5).
struct ClassificationMetricsTests {
    private let right = [0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 0, 1]
    private let predicted = [0, 1, 0, 1, 1, 2, 0, 2, 3, 2, 0, 2]

    @Test func confusion() throws {
        let matrix = try ConfusionMatrix(right: right, predicted: predicted, labelCount: 5)
        #expect(abs(matrix.accuracy - 0.5833333333333334) < tolerance)
        #expect(abs(matrix.macroF1 - 0.47916666666666663) < tolerance)
        #expect(abs(matrix.matthewsCorrelation - 0.4117647058823529) < tolerance)
        #expect(abs(matrix.majorityShare - 4.0 / 12) < tolerance)
        let expected = [0.75, 0.6666666666666666, 0.5, 0, 0]
        for (score, value) in zip(matrix.labelScores, expected) {
            #expect(abs(score.precision - value) < tolerance && abs(score.recall - value) < tolerance)
            #expect(abs(score.f1 - value) < tolerance)
        }
        #expect(matrix.labelScores.map(\.support) == [4, 3, 4, 1, 0])
        #expect(matrix.counts[2] == [1, 0, 2, 1, 0])
    }

    @Test func edges() throws {
        let one = try ConfusionMatrix(right: [1, 1], predicted: [1, 1], labelCount: 2)
        #expect(one.accuracy == 1 && one.macroF1 == 1 && one.matthewsCorrelation == 0)
        #expect(throws: TaskError.self) { try ConfusionMatrix(right: [0], predicted: [], labelCount: 1) }
        #expect(throws: TaskError.self) { try ConfusionMatrix(right: [], predicted: [], labelCount: 1) }
        #expect(throws: TaskError.self) { try ConfusionMatrix(right: [0], predicted: [1], labelCount: 1) }
        #expect(throws: TaskError.self) { try ConfusionMatrix(right: [-1], predicted: [0], labelCount: 1) }
    }

    @Test func correlations() throws {
        let a = [1, 2, 2, 3.5, 5, 0.25, 2]
        let b = [0.5, 2.5, 1, 3, 7, 1, 1]
        #expect(try abs(Correlation.pearson(a, b) - 0.8974749102392212) < tolerance)
        #expect(try abs(Correlation.spearman(a, b) - 0.8461538461538463) < tolerance)
        #expect(Correlation.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
        #expect(throws: TaskError.self) { try Correlation.pearson([1, 2], [3, 3]) }
        #expect(throws: TaskError.self) { try Correlation.pearson([1], [3]) }
        #expect(throws: TaskError.self) { try Correlation.spearman([1, .nan], [3, 4]) }
    }

    @Test(arguments: [
        (10, 3, 0.09228515625), (0, 5, 0.0625), (7, 7, 1), (150, 100, 0.0018833009350761602),
        (1_200, 1_000, 2.1817026407914194e-05), (1, 0, 1), (0, 0, 1),
    ])
    func mcNemar(_ first: Int, _ second: Int, _ expected: Double) throws {
        let both = [Bool](repeating: true, count: 4)
        let test = try McNemarTest(
            first: both + [Bool](repeating: true, count: first) + [Bool](repeating: false, count: second),
            second: both + [Bool](repeating: false, count: first) + [Bool](repeating: true, count: second))
        #expect(test.firstOnly == first && test.secondOnly == second)
        #expect(abs(test.pValue - expected) < 1e-10 * max(1, expected))
        #expect(abs(test.pValue - expected) < 1e-8 * expected)
    }

    /// The same draws in Python, and numpy.quantile(means, [.025, .975]).
    @Test func bootstrapDraws() throws {
        let first = (0..<20).map { $0 % 10 < 8 ? 1.0 : 0 }
        let second = (0..<20).map { $0 % 7 < 5 ? 1.0 : 0 }
        let test = try PairedBootstrap(first: first, second: second, seed: 9, drawCount: 200)
        #expect(abs(test.difference - 0.05) < tolerance)
        #expect(abs(test.interval.lowerBound + 0.25) < 1e-9 && abs(test.interval.upperBound - 0.3) < 1e-9)
        #expect(abs(test.pValue - 0.9154228855721394) < tolerance)
    }

    /// scipy.stats.bootstrap((d,), mean, method="percentile", n_resamples=200000): [-0.005, 0.165]; the ends of 1,000
    /// draws scatter by less than half a standard error of the mean, which is 0.043.
    @Test func bootstrapAgreesWithScipy() throws {
        let first = (0..<200).map { $0 % 10 < 8 ? 1.0 : 0 }
        let second = (0..<200).map { $0 % 7 < 5 ? 1.0 : 0 }
        let test = try PairedBootstrap(first: first, second: second, seed: 1, drawCount: 1_000)
        #expect(abs(test.difference - 0.08) < tolerance)
        #expect(abs(test.interval.lowerBound + 0.005) < 0.022 && abs(test.interval.upperBound - 0.165) < 0.022)
        #expect(throws: TaskError.self) { try PairedBootstrap(first: [1], second: [], seed: 1) }
        #expect(throws: TaskError.self) { try PairedBootstrap(first: [1], second: [1], seed: 1, drawCount: 1) }
    }

    /// numpy.mean, numpy.std(ddof=1).
    @Test func seeds() throws {
        let summary = try SeedSummary([0.571, 0.5742, 0.5688])
        #expect(abs(summary.mean - 0.5713333333333334) < tolerance)
        #expect(try abs(#require(summary.deviation) - 0.002715388247255546) < tolerance)
        #expect(summary.text() == "57.13 ± 0.27")
        #expect(try SeedSummary([-0.00501]).text() == "-0.50" && SeedSummary([0.5]).deviation == nil)
        #expect(throws: TaskError.self) { try SeedSummary([]) }
    }
}
