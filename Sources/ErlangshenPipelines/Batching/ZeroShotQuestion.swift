/// Texts to put under labels that the model was never trained on, read by the tokenizer.
///
/// Several questions go through the model together.
public struct ZeroShotQuestion: Sendable {
    /// The user's texts.
    let sequences: [String]
    let candidates: [String]
    let isMultiLabel: Bool
    /// Each text with each candidate's hypothesis: sequences × candidates.
    let pairs: [EncodedText]

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { pairs.map(\.ids.count) }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { textTokenCounts.reduce(0, +) }
}
