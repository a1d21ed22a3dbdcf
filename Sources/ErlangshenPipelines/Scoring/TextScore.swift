public import ErlangshenJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How natural a text is to the model, as a whole and token by token.
public struct TextScore: Sendable, Equatable {
    /// The tokens of the text, special tokens left out.
    public let tokens: [TokenScore]
    /// How many tokens the model read each time, special tokens included.
    public let tokenCount: Int
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// Σ log p(token | all other tokens), natural logarithms.
    public var pseudoLogLikelihood: Double { tokens.reduce(0) { $0 + $1.logProbability } }

    /// exp(−pseudoLogLikelihood / number of tokens): 1 for a text that the model would have written itself.
    public var pseudoPerplexity: Double { exp(-pseudoLogLikelihood / Double(max(1, tokens.count))) }

    /// A favourite a hundred times likelier than the token that stands there makes the token odd.
    public static let oddRatio = 100.0

    /// The tokens that stand out: where the model's own choice is at least `ratio` times likelier.
    public func oddTokens(ratio: Double = oddRatio) -> [TokenScore] { tokens.filter { exp($0.surprise) >= ratio } }

    /// The score as JSON.
    public var json: JSONValue {
        [
            "pseudo_perplexity": .double(pseudoPerplexity), "pseudo_log_likelihood": .double(pseudoLogLikelihood),
            "tokens": .array(tokens.map(\.json)),
        ]
    }
}
