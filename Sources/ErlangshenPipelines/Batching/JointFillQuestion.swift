/// Texts whose masks are filled together, read by the tokenizer, and what is asked of them.
public struct JointFillQuestion: Sendable {
    let inputs: [MaskedInput]
    let topK: Int
    let beamWidth: Int
    let order: MaskOrder

    /// How many tokens each text has, special tokens included.
    public var textTokenCounts: [Int] { inputs.map(\.encoded.ids.count) }

    /// How many tokens the model has to read at most: the text once, then for each further mask once for every beam.
    public var tokenCount: Int {
        inputs.reduce(0) { $0 + $1.encoded.ids.count * (1 + max(topK, beamWidth) * ($1.positions.count - 1)) }
    }

    /// What the reply in JSON can have at most, about: each filling has its text, and five numbers and words a mask.
    public var replyByteCount: Int {
        inputs.reduce(0) { $0 + topK * (2 * $1.masked.text.utf8.count + 160 * ($1.positions.count + 1)) }
    }
}
