import Testing

@testable import ErlangshenMasking

/// Every word is masked with the probability budget/N, N being the tokens that may be masked, whatever its length, its
/// place and its neighbours.
///
/// Over `draws` samples, few as a debug build is slow, a word's count is binomial, so its share strays from budget/N by
/// a standard deviation of √(p(1 − p)/draws). No word may stray by more than `limit` of them (docs/numerics.md): chance
/// does that to one word in 150,000, and the seed is fixed. 200,000 draws each of three kinds of runs:
/// `tools/masking-parity/parity.py statistics`.
struct MaskProbabilityTests {
    private static let (draws, limit) = (4_000, 4.5)

    private static let weights: [[Double]] = [[1, 1.0 / 2, 1.0 / 3], [1], [1, 0.8, 0.64, 0.512, 0.4096]]

    @Test(arguments: weights)
    func `no word is favoured`(_ weights: [Double]) throws {
        var settings = MaskingSettings()
        settings.runWeights = weights
        let masker = try WholeWordMasker(
            vocabulary: Material.vocabulary(), settings: settings, seed: 7)
        // Long words first, last, apart and together.
        let lengths = [5, 1, 1, 3, 2, 1, 4, 1, 2, 2, 1, 1, 1, 5, 5, 1, 2, 3, 1, 1, 4]
        let text = try Material.text(wordLengths: lengths)
        var counts = [Int](repeating: 0, count: lengths.count)
        var budget = 0
        for sample in 0..<Self.draws {
            var numbers = masker.numbers(epoch: 3, sample: UInt32(sample))
            let plan = try masker.plan(text, &numbers)
            budget = plan.budget
            for word in plan.chosen { counts[word] += 1 }
        }
        let p = Double(budget) / Double(lengths.reduce(0, +))
        let deviation = (p * (1 - p) / Double(Self.draws)).squareRoot()
        #expect(budget == 7)
        for (word, count) in counts.enumerated() {
            let strays = (Double(count) / Double(Self.draws) - p) / deviation
            #expect(abs(strays) < Self.limit, "word \(word) of \(lengths[word]) tokens strays by \(strays) deviations")
        }
    }

    /// Three texts too short for their longest word: one word is masked then, each as likely as the other.
    @Test(arguments: [[4, 4], [1, 4], [6, 1, 1]])
    func `words longer than the budget`(_ lengths: [Int]) throws {
        let masker = try WholeWordMasker(vocabulary: Material.vocabulary(), seed: 7)
        let text = try Material.text(wordLengths: lengths)
        var counts = [Int](repeating: 0, count: lengths.count)
        for sample in 0..<Self.draws {
            var numbers = masker.numbers(epoch: 0, sample: UInt32(sample))
            let plan = try masker.plan(text, &numbers)
            #expect(!plan.chosen.isEmpty)
            for word in plan.chosen { counts[word] += 1 }
        }
        // Budget 1 or 2 falls on first tokens with budget/N for each word; else one of the words is drawn.
        let total = counts.reduce(0, +)
        for count in counts {
            let share = Double(count) / Double(total)
            let even = 1 / Double(lengths.count)
            #expect(abs(share - even) < Self.limit * (even * (1 - even) / Double(total)).squareRoot())
        }
    }

    /// 80, 10 and 10 of a hundred, and runs of 1, 2 and 3 words as 6 : 3 : 2.
    @Test func `shares and lengths are those asked for`() throws {
        let masker = try WholeWordMasker(vocabulary: Material.vocabulary(), seed: 11)
        let text = try Material.text(wordLengths: [Int](repeating: 1, count: 510))
        var actions: [MaskAction: Double] = [:]
        var runs: [Int: Double] = [:]
        for sample in 0..<60 {
            var numbers = masker.numbers(epoch: 0, sample: UInt32(sample))
            let plan = try masker.plan(text, &numbers)
            for action in plan.actions { actions[action, default: 0] += 1 }
            // The last run may have been cut short by the end of the text.
            for run in plan.runs.dropLast() { runs[run.count, default: 0] += 1 }
        }
        func check(_ found: Double?, _ total: Double, _ p: Double) {
            #expect(abs((found ?? 0) / total - p) < Self.limit * (p * (1 - p) / total).squareRoot())
        }
        let (actionCount, runCount) = (actions.values.reduce(0, +), runs.values.reduce(0, +))
        for (action, p) in [(MaskAction.mask, 0.8), (.keep, 0.1), (.random, 0.1)] {
            check(actions[action], actionCount, p)
        }
        for (length, p) in [(1, 6.0 / 11), (2, 3.0 / 11), (3, 2.0 / 11)] { check(runs[length], runCount, p) }
    }
}
