public import ErlangshenSegmentation
public import ErlangshenTokenizer

/// The words of a segmenter, put on the tokens of a tokenizer.
public enum WordBoundaries {
    /// The tokens of a text without special ones around it, and which of them continue a word.
    ///
    /// A token continues its word if it is a `##` piece, or if it begins in the same word as the token before it: the rule of
    /// corpora too (`WordContinuation`).
    /// Special tokens typed into the text stay tokens; masking leaves them alone.
    ///
    /// - Throws: What encoding throws.
    public static func text(
        _ text: String, tokenizer: BertTokenizer, segmenter: WordSegmenter,
        workspace: SegmentationWorkspace = SegmentationWorkspace()
    ) throws(TokenizerError) -> TokenizedText {
        let encoding = try tokenizer.encode(text, addSpecialTokens: false)
        let (spans, tokens) = (encoding.offsets(in: .utf8), encoding.tokens)
        var wordEnds: [Int] = []
        var copy = text
        copy.withUTF8 { segmenter.appendWordEnds(of: $0, to: &wordEnds, with: workspace) }
        // The tokenizer's words: a `##` piece right behind a token belongs to that token's.
        var (words, lastEnd): ([Int], Int) = ([], 0)
        for (span, token) in zip(spans, tokens) {
            let isPiece = token.utf8.count > 2 && token.utf8.starts(with: "##".utf8) && span.lowerBound == lastEnd
            words.append((words.last ?? 0) + (isPiece ? 0 : 1))
            lastEnd = span.upperBound
        }
        var bits = [UInt8](repeating: 0, count: spans.count)
        _ = WordContinuation.mark(
            &bits, starts: spans.map(\.lowerBound), words: words, count: spans.count, wordEnds: wordEnds)
        return TokenizedText(ids: encoding.ids[...], continuesWord: bits.map { $0 == 1 }[...])
    }
}
