public import ErlangshenSegmentation
public import ErlangshenTokenizer

/// The words of a segmenter, put on the tokens of a tokenizer.
public enum WordBoundaries {
    /// The tokens of a text without special ones around it, and which of them continue a word.
    ///
    /// A token continues its word if it is a `##` piece, or if it begins in the word in which the token before it ends.
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
        var continues: [Bool] = []
        continues.reserveCapacity(spans.count)
        var word = 0
        var (lastEnd, lastWord) = (0, -1)
        for (span, token) in zip(spans, tokens) {
            while word < wordEnds.count, wordEnds[word] <= span.lowerBound { word += 1 }
            let isPiece = token.utf8.count > 2 && token.utf8.starts(with: "##".utf8) && span.lowerBound == lastEnd
            continues.append(!continues.isEmpty && (word == lastWord || isPiece))
            while word < wordEnds.count, wordEnds[word] < span.upperBound { word += 1 }
            (lastEnd, lastWord) = (span.upperBound, word)
        }
        return TokenizedText(ids: encoding.ids[...], continuesWord: continues[...])
    }
}
