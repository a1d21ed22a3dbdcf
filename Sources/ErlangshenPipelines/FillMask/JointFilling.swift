public import ErlangshenJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One filling of several masks together.
public struct JointFilling: Sendable, Equatable {
    /// The ids, in the order of the masks in the text.
    public let tokens: [Int]
    /// The tokens as text, in the same order.
    public let tokenStrings: [String]
    /// The log-probability of each choice, given the choices made before it.
    public let logProbabilities: [Double]
    /// What the masks read like; masks that touch form one word.
    public let words: [String]
    /// The user's own string with all masks replaced.
    public let text: String

    /// The natural logarithm of the joint probability: the sum over the choices.
    public var logProbability: Double { logProbabilities.reduce(0, +) }

    /// The joint probability.
    public var probability: Double { exp(logProbability) }

    /// The mean log-probability of a choice, by which fillings of different lengths are compared.
    public var meanLogProbability: Double { LengthNormalization.mean.value(logProbabilities) }

    /// The filling as JSON.
    public var json: JSONValue {
        [
            "score": .double(probability), "log_probability": .double(logProbability),
            "mean_log_probability": .double(meanLogProbability),
            "log_probabilities": .array(logProbabilities.map { .double($0) }),
            "tokens": .array(tokens.map { .integer(Int64($0)) }),
            "token_strs": .array(tokenStrings.map { .string($0) }),
            "words": .array(words.map { .string($0) }), "text": .string(text),
        ]
    }
}
