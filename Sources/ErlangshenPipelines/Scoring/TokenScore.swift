public import ErlangshenJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A token of a text, how likely it is where it stands, and what the model would rather have read.
public struct TokenScore: Sendable, Equatable {
    /// The id of the token.
    public let token: Int
    /// The user's own characters.
    public let text: String
    /// Start and end in the user's string, in UTF-8 bytes.
    public let utf8Range: Range<Int>
    /// Start and end in the user's string, in Unicode scalars.
    public let range: Range<Int>
    /// The natural logarithm of its probability, given all the rest of the text.
    public let logProbability: Double
    /// Its place among all tokens by probability; 1 is the model's own choice.
    public let rank: Int
    /// The id of the model's own choice.
    public let favourite: Int
    /// The model's own choice as text.
    public let favouriteText: String
    /// The log-probability of the model's own choice.
    public let favouriteLogProbability: Double

    /// The probability of the token.
    public var probability: Double { exp(logProbability) }

    /// The probability of the model's own choice.
    public var favouriteProbability: Double { exp(favouriteLogProbability) }

    /// How many times likelier the model's own choice is, as a natural logarithm; 0 where they agree.
    public var surprise: Double { favouriteLogProbability - logProbability }

    /// The score as JSON.
    public var json: JSONValue {
        [
            "text": .string(text), "token": .integer(Int64(token)), "start": .integer(Int64(range.lowerBound)),
            "end": .integer(Int64(range.upperBound)), "probability": .double(probability),
            "log_probability": .double(logProbability), "rank": .integer(Int64(rank)),
            "favourite": .string(favouriteText), "favourite_probability": .double(favouriteProbability),
        ]
    }
}
