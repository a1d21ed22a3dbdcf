public import ErlangshenJSON

/// A word of any length and how well it fits at a mask.
public struct TargetScore: Sendable, Equatable {
    /// The word as it was given.
    public let target: String
    /// Its ids.
    public let tokens: [Int]
    /// The log-probability of each token, given the text and the tokens before it.
    public let logProbabilities: [Double]
    /// The user's own string with the word in place.
    public let text: String

    /// The natural logarithm of the word's probability, given its length.
    public var logProbability: Double { LengthNormalization.sum.value(logProbabilities) }

    /// The mean log-probability of its tokens.
    public var meanLogProbability: Double { LengthNormalization.mean.value(logProbabilities) }

    /// The score as JSON.
    public var json: JSONValue {
        [
            "target": .string(target), "tokens": .array(tokens.map { .integer(Int64($0)) }),
            "log_probability": .double(logProbability), "mean_log_probability": .double(meanLogProbability),
            "log_probabilities": .array(logProbabilities.map { .double($0) }), "text": .string(text),
        ]
    }
}
