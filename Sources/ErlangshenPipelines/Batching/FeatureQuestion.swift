/// Texts to turn into vectors, read by the tokenizer, and what is asked of them.
///
/// Several questions go through the model together; see ``FeatureExtractionPipeline/answers(_:)``.
public struct FeatureQuestion: Sendable {
    let texts: [EncodedText]
    /// How the vectors of the tokens become one; nil keeps each.
    let pooling: Pooling?
    let isNormalized: Bool

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { texts.map(\.ids.count) }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { textTokenCounts.reduce(0, +) }

    /// Whether each text has one vector.
    public var isPooled: Bool { pooling != nil }
}
