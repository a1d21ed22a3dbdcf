/// Texts to score character by character, read by the tokenizer.
public struct TextScoringQuestion: Sendable {
    let inputs: [ScoredInput]

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { inputs.map(\.encoded.ids.count) }

    /// How many tokens the model has to read: each text once for every token that is scored.
    public var tokenCount: Int { inputs.reduce(0) { $0 + $1.encoded.ids.count * $1.positions.count } }

    /// What the reply in JSON can have at most, about: nine members a token, and the text.
    public var replyByteCount: Int {
        inputs.reduce(0) { $0 + 320 * $1.positions.count + 2 * $1.encoded.text.utf8.count }
    }
}

/// A text, its ids, and those that are scored.
struct ScoredInput: Sendable {
    let encoded: EncodedText
    /// The tokens that are no special ones, ascending.
    let positions: [Int]
}
