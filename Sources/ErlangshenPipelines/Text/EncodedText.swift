/// A text as the model reads it, with the way back to the user's string.
struct EncodedText: Sendable {
    /// The user's string; of a pair the first.
    let text: String
    let ids: [Int32]  // [S], special tokens included
    /// For each token its UTF-8 range in `text`; empty for tokens that the tokenizer added.
    let utf8Ranges: [Range<Int>]
    /// Whether the tokenizer added the token.
    let isAdded: [Bool]
    /// 0 for the first text, 1 for the second of a pair; [S].
    let tokenTypeIds: [Int32]
    let truncatedTokenCount: Int

    /// The ids with one token replaced by `count` masks.
    func expanding(at position: Int, into count: Int, maskId: Int32) -> [Int32] {
        var ids = ids
        ids.replaceSubrange(position...position, with: repeatElement(maskId, count: count))
        return ids
    }

    /// What to say of a text's length.
    func lengthWarnings(trainedOn limit: Int) -> [PipelineWarning] {
        var warnings: [PipelineWarning] = []
        if truncatedTokenCount > 0 { warnings.append(.truncated(tokenCount: truncatedTokenCount)) }
        if ids.count > limit { warnings.append(.extrapolates(tokenCount: ids.count, trainedOn: limit)) }
        return warnings
    }
}

extension [EncodedText] {
    /// Tokens of all texts, special tokens included.
    var tokenCount: Int { reduce(0) { $0 + $1.ids.count } }

    /// The texts in packed batches of at most ``FillMaskPipeline/maximumBatchTokens`` tokens, or of one longer text.
    var batches: [ArraySlice<EncodedText>] {
        var batches: [ArraySlice<EncodedText>] = []
        var (start, tokens) = (0, 0)
        for (index, text) in enumerated() {
            if tokens + text.ids.count > FillMaskPipeline.maximumBatchTokens, index > start {
                batches.append(self[start..<index])
                (start, tokens) = (index, 0)
            }
            tokens += text.ids.count
        }
        if start < count { batches.append(self[start...]) }
        return batches
    }
}
