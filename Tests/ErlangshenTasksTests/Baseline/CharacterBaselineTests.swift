import ErlangshenRandom
import Testing

@testable import ErlangshenTasks

struct CharacterBaselineTests {
    private let here = DataLocation(path: "a.json", line: 1)

    /// Texts of two classes that differ in single characters among noise.
    private func examples(_ count: Int, seed: UInt64) -> [Example] {
        var stream = PhiloxStream(seed: seed, purpose: 9, number: 0)
        let noise = Array("的一是在不了有和人这中大为上个国我以要他")
        return (0..<count).map { _ in
            let label = stream.next(below: 3)
            var text = (0..<8).map { _ in String(noise[stream.next(below: noise.count)]) }
            text.insert(["球", "股", "车"][label], at: stream.next(below: 8))
            return Example(text: text.joined(), target: .label(label), location: here)
        }
    }

    @Test func learnsWhatCharactersTell() throws {
        let training = examples(200, seed: 1)
        let baseline = try CharacterBaseline(training: training, labelCount: 3)
        let matrix = try baseline.evaluate(examples(100, seed: 2))
        #expect(matrix.accuracy > 0.95 && matrix.majorityShare < 0.5)
        let shares = baseline.probabilities(of: training[0])
        #expect(abs(shares.reduce(0, +) - 1) < 1e-5)
        let again = try CharacterBaseline(training: training, labelCount: 3)
        #expect(again.probabilities(of: training[0]) == shares)
        var other = CharacterBaseline.Settings()
        other.seed = 7
        #expect(
            try CharacterBaseline(training: training, labelCount: 3, settings: other).probabilities(of: training[0])
                != shares)
    }

    /// Whether two texts have a character in common cannot be told from either alone.
    @Test func pairsAreTold() throws {
        var stream = PhiloxStream(seed: 5, purpose: 9, number: 0)
        let characters = Array("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳")
        let pairs = (0..<300).map { index in
            let first = stream.next(below: 16)
            let second = index % 2 == 1 ? first : (first + 1 + stream.next(below: 15)) % 16
            return Example(
                text: "\(characters[first])在", textPair: "有\(characters[second])", target: .label(index % 2),
                location: here)
        }
        let baseline = try CharacterBaseline(training: Array(pairs[..<200]), labelCount: 2)
        #expect(try baseline.evaluate(Array(pairs[200...])).accuracy > 0.95)
    }

    /// The loss of 400 epochs on four rows against the minimum that scikit-learn 1.9.1 finds:
    ///   X = [[.6, .8, 0], [0, .6, .8], [.8, 0, .6], [0, 0, 1]]; y = [0, 1, 2, 1]; l2 = .05
    ///   m = LogisticRegression(C=1 / (4 * .05), tol=1e-12, max_iter=10**5).fit(X, y)
    ///   log_loss(y, m.predict_proba(X)) + .05 / 2 * (m.coef_ ** 2).sum()
    @Test func reachesTheMinimum() {
        let rows: [[GramVocabulary.Entry]] = [
            [.init(feature: 0, value: 0.6), .init(feature: 1, value: 0.8)],
            [.init(feature: 1, value: 0.6), .init(feature: 2, value: 0.8)],
            [.init(feature: 0, value: 0.8), .init(feature: 2, value: 0.6)], [.init(feature: 2, value: 1)],
        ]
        let settings = LogisticRegression.Settings(epochCount: 400, learningRate: 0.5, l2: 0.05, seed: 42)
        let fitted = LogisticRegression(
            rows: rows, labels: [0, 1, 2, 1], featureCount: 3, labelCount: 3, settings: settings)
        #expect(abs(fitted.loss(rows, [0, 1, 2, 1], l2: 0.05) - 0.5694472806) < 2e-3)
    }

    @Test func whatCannotBeLearnt() {
        #expect(throws: TaskError.self) { try CharacterBaseline(training: [], labelCount: 2) }
        let unlabelled = Example(text: "a", location: here)
        #expect(throws: TaskError.self) { try CharacterBaseline(training: [unlabelled], labelCount: 2) }
        #expect(throws: TaskError.self) { try CharacterBaseline(training: examples(3, seed: 1), labelCount: 1) }
    }
}
