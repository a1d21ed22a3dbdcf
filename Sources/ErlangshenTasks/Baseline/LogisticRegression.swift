import ErlangshenRandom

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Multinomial logistic regression on sparse rows.
///
/// Minimises mean cross entropy + l2/2·|W|² by stochastic gradient descent, one row at a time in an order of the seed.
/// A feature's step shrinks with the gradients it has seen (AdaGrad, one sum a feature; Duchi et al., JMLR 2011) and
/// falls to 0 over the epochs. One thread, plain arithmetic: the same seed gives the same weights.
struct LogisticRegression: Sendable {
    struct Settings: Sendable, Equatable {
        var epochCount: Int
        var learningRate: Float
        var l2: Float
        var seed: UInt64
    }

    let labelCount: Int
    /// One row a feature, and the bias as the last row. `[features + 1, labels]`
    private var weights: [Float]

    private static let purpose: UInt32 = 4

    /// Learns from rows and the numbers of their labels, which are below `labelCount`.
    init(
        rows: [[GramVocabulary.Entry]], labels: [Int32], featureCount: Int, labelCount: Int, settings: Settings
    ) {
        self.labelCount = labelCount
        weights = [Float](repeating: 0, count: (featureCount + 1) * labelCount)  // [features + 1, labels]
        var sums = [Float](repeating: 1e-8, count: featureCount + 1)  // [features + 1]
        let decay = Self.decay(rows, featureCount: featureCount, l2: settings.l2)
        var errors = [Float](repeating: 0, count: labelCount)  // [labels]
        let stepCount = Float(max(1, settings.epochCount * rows.count))
        var step = 0
        for epoch in 0..<settings.epochCount {
            var stream = PhiloxStream(seed: settings.seed, purpose: Self.purpose, number: UInt32(epoch))
            for index in stream.permutation(rows.count) {
                fillProbabilities(of: rows[index], into: &errors)
                errors[Int(labels[index])] -= 1
                let rate = settings.learningRate * (1 - Float(step) / stepCount)
                let square = errors.reduce(0) { $0 + $1 * $1 }
                for entry in rows[index] {
                    let feature = Int(entry.feature)
                    sums[feature] += square * entry.value * entry.value
                    let pace = rate / sums[feature].squareRoot()
                    update(feature, errors, by: pace * entry.value, keeping: max(0, 1 - pace * decay[feature]))
                }
                sums[featureCount] += square
                update(featureCount, errors, by: rate / sums[featureCount].squareRoot(), keeping: 1)
                step += 1
            }
        }
    }

    /// The weight decay of a feature each time it comes: l2·rows / its count, so that each epoch has it l2·rows times.
    private static func decay(_ rows: [[GramVocabulary.Entry]], featureCount: Int, l2: Float) -> [Float] {
        var counts = [Float](repeating: 0, count: featureCount)
        for row in rows { for entry in row { counts[Int(entry.feature)] += 1 } }
        return counts.map { $0 > 0 ? l2 * Float(rows.count) / $0 : 0 }  // [features]
    }

    private mutating func update(_ feature: Int, _ errors: [Float], by pace: Float, keeping share: Float) {
        let start = feature * labelCount
        // Both buffers are labelCount long from where they are read: features are below featureCount + 1.
        weights.withUnsafeMutableBufferPointer { weights in
            errors.withUnsafeBufferPointer { errors in
                for label in 0..<labelCount {
                    weights[start + label] = weights[start + label] * share - pace * errors[label]
                }
            }
        }
    }

    /// The probability of each label. `[labels]`
    func probabilities(of row: [GramVocabulary.Entry]) -> [Float] {
        var values = [Float](repeating: 0, count: labelCount)  // [labels]
        fillProbabilities(of: row, into: &values)
        return values
    }

    /// Mean cross entropy of the rows and l2/2·|W|², the bias not counted: what training makes small.
    func loss(_ rows: [[GramVocabulary.Entry]], _ labels: [Int32], l2: Double) -> Double {
        let entropy = zip(rows, labels).reduce(0.0) { $0 - log(Double(probabilities(of: $1.0)[Int($1.1)])) }
        let squares = weights.dropLast(labelCount).reduce(0.0) { $0 + Double($1) * Double($1) }
        return entropy / Double(max(1, rows.count)) + l2 / 2 * squares
    }

    private func fillProbabilities(of row: [GramVocabulary.Entry], into values: inout [Float]) {
        let bias = weights.count - labelCount
        // As above: every feature has its labelCount weights.
        weights.withUnsafeBufferPointer { weights in
            values.withUnsafeMutableBufferPointer { values in
                for label in 0..<labelCount { values[label] = weights[bias + label] }
                for entry in row {
                    let start = Int(entry.feature) * labelCount
                    for label in 0..<labelCount { values[label] += entry.value * weights[start + label] }
                }
            }
        }
        let largest = values.max() ?? 0
        var sum: Float = 0
        for label in values.indices {
            values[label] = exp(values[label] - largest)
            sum += values[label]
        }
        for label in values.indices { values[label] /= sum }
    }
}
