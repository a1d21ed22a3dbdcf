/// A bag of characters under a logistic regression: what a task gives away without a language model.
///
/// Characters and pairs of neighbouring characters, weighted by rarity, for single texts and pairs. It trains in
/// seconds and stands beside fine-tuned models in tables of results.
public struct CharacterBaseline: Sendable {
    /// How it learns.
    public struct Settings: Sendable, Equatable {
        /// Passes over the training examples.
        public var epochCount = 10
        /// Step of the first example.
        public var learningRate: Float = 0.5
        /// Strength of the pull towards zero.
        ///
        /// Of 1e-6 to 3e-4 the best over a held-out tenth of the training rows of AFQMC, OCNLI and TNEWS together.
        public var l2: Float = 3e-5
        /// Examples that a gram has to be in.
        public var minimumCount = 2
        /// Of the order of examples.
        public var seed: UInt64 = 42

        /// The default settings, which every table that names none uses.
        public init() {}
    }

    /// Characters and pairs that it knows.
    public var featureCount: Int { vocabulary.count }
    /// Examples that it has learnt from.
    public let trainingCount: Int
    private let vocabulary: GramVocabulary
    private let regression: LogisticRegression

    /// The most weights that it may have, features times labels: 1 GiB of memory.
    static let maximumWeightCount = 1 << 28

    /// Learns from examples with labels.
    ///
    /// - Throws: `notMeasurable` without examples or for one without a label below `labelCount`; `invalidSetting`.
    public init(training: [Example], labelCount: Int, settings: Settings = Settings()) throws(TaskError) {
        guard !training.isEmpty else { throw .notMeasurable(reason: "there is no example to learn from") }
        guard (1...1_000).contains(settings.epochCount) else {
            throw .invalidSetting(name: "epochs", value: settings.epochCount, expected: "from 1 to 1000")
        }
        guard labelCount > 1 else { throw .invalidSetting(name: "labels", value: labelCount, expected: "2 or more") }
        var labels: [Int32] = []
        for example in training {
            guard case .label(let label) = example.target, (0..<labelCount).contains(label) else {
                throw .notMeasurable(reason: "\(example.location) has no label below \(labelCount)")
            }
            labels.append(Int32(label))
        }
        let grams = training.map(CharacterGrams.grams)
        vocabulary = GramVocabulary(
            grams, minimumCount: settings.minimumCount,
            maximumCount: min(1 << 19, max(1, Self.maximumWeightCount / labelCount)))
        regression = LogisticRegression(
            rows: grams.map(vocabulary.entries), labels: labels, featureCount: vocabulary.count,
            labelCount: labelCount,
            settings: LogisticRegression.Settings(
                epochCount: settings.epochCount, learningRate: settings.learningRate, l2: settings.l2,
                seed: settings.seed))
        trainingCount = training.count
    }

    /// The probability of each label. `[labels]`
    public func probabilities(of example: Example) -> [Float] {
        regression.probabilities(of: vocabulary.entries(of: CharacterGrams.grams(of: example)))
    }

    /// The most probable label; of equals the first.
    public func label(of example: Example) -> Int {
        let shares = probabilities(of: example)
        var best = 0
        for label in shares.indices where shares[label] > shares[best] { best = label }
        return best
    }

    /// Right and predicted labels of examples, counted.
    ///
    /// - Throws: `notMeasurable` without examples or for one without a label.
    public func evaluate(_ examples: [Example]) throws(TaskError) -> ConfusionMatrix {
        var right: [Int] = []
        for example in examples {
            guard case .label(let label) = example.target else {
                throw .notMeasurable(reason: "\(example.location) has no label")
            }
            right.append(label)
        }
        return try ConfusionMatrix(
            right: right, predicted: examples.map(label), labelCount: regression.labelCount)
    }
}
