/// How words of different lengths are compared by the log-probabilities of their tokens.
public enum LengthNormalization: String, Sendable, CaseIterable {
    /// The mean over the tokens: the geometric mean of their probabilities; longer words lose nothing by length.
    case mean
    /// The sum: the probability of the whole word, given that it has that many tokens; longer words are rarer.
    case sum

    /// The value to rank by, for the log-probabilities of a word's tokens.
    func value(_ logProbabilities: [Double]) -> Double {
        let sum = logProbabilities.reduce(0, +)
        return self == .sum ? sum : sum / Double(max(1, logProbabilities.count))
    }
}
