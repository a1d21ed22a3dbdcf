/// Texts and pairs to classify, read by the tokenizer, and what is asked of them.
///
/// Several questions go through the model together.
public struct TextClassificationQuestion: Sendable {
    let texts: [EncodedText]
    let topK: Int?
    let function: ClassificationFunction?

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { texts.map(\.ids.count) }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { textTokenCounts.reduce(0, +) }
}
