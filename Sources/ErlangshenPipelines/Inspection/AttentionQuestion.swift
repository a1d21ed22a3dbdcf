/// A text and the token of it that looks, read by the tokenizer.
public struct AttentionQuestion: Sendable {
    let encoded: EncodedText
    /// The token among the ids.
    let query: Int
    let layer: Int
    /// Nil means all heads of the layer.
    let head: Int?

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { encoded.ids.count }

    /// What the reply in JSON can have at most, about: seven members a token, and the text.
    public var replyByteCount: Int { 280 * tokenCount + 2 * encoded.text.utf8.count }
}
