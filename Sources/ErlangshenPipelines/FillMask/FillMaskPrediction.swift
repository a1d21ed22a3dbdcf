public import ErlangshenJSON

/// One word that may stand at a mask.
public struct FillMaskPrediction: Sendable, Equatable {
    /// Probability over the whole vocabulary, also where targets were given.
    public let score: Double
    /// The id of the token.
    public let token: Int
    /// The token as text; continuing pieces keep their `##`.
    public let tokenString: String
    /// The input with the token in place, as transformers decodes it (spaces between Han characters).
    public let sequence: String
    /// The user's own string with the mask replaced.
    public let text: String

    /// Gathers the parts of a prediction.
    public init(score: Double, token: Int, tokenString: String, sequence: String, text: String) {
        self.score = score
        self.token = token
        self.tokenString = tokenString
        self.sequence = sequence
        self.text = text
    }

    /// The prediction with the keys of the hosted inference API, and `text`.
    public var json: JSONValue {
        [
            "score": .double(score), "token": .integer(Int64(token)), "token_str": .string(tokenString),
            "sequence": .string(sequence), "text": .string(text),
        ]
    }
}
