/// Texts to tag, read by the tokenizer, and what is asked of them.
///
/// Several questions go through the model together; see ``TokenClassificationPipeline/answers(_:)``.
public struct TokenClassificationQuestion: Sendable {
    let texts: [EncodedText]
    let aggregation: AggregationStrategy
    let ignored: Set<String>

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { texts.map(\.ids.count) }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { textTokenCounts.reduce(0, +) }
}
