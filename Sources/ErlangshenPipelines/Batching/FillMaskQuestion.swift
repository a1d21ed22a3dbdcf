/// Texts with masks, read by the tokenizer, and what is asked of them.
///
/// Several questions go through the model together, each with its own options; see ``FillMaskPipeline/answers(_:)``.
public struct FillMaskQuestion: Sendable {
    let inputs: [MaskedInput]
    let topK: Int
    let candidates: TargetCandidates?

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { inputs.map(\.encoded.ids.count) }

    /// How many tokens the model has to read, special tokens included.
    public var tokenCount: Int { textTokenCounts.reduce(0, +) }

    /// What the reply in JSON can have at most, about: each prediction repeats its text twice, once with spaces.
    public var replyByteCount: Int {
        let answers = candidates.map { min(topK, $0.ids.count) } ?? topK
        return inputs.reduce(0) { $0 + $1.positions.count * answers * (4 * $1.masked.text.utf8.count + 160) }
    }
}
