/// Which tokens of a text go on with the word of the token before them.
package enum WordContinuation {
    /// Sets the bit of each token that continues a word, the bits being zero before.
    ///
    /// A token does when it begins in the same word of the segmenter as the token before it, or belongs to the same word of
    /// the tokenizer, which makes it a `##` piece.
    ///
    /// - Parameters:
    ///   - bits: One byte for each token, 1 where it continues. `[count]`
    ///   - starts: Byte of the text at which each token begins. `[count]`
    ///   - words: Number of the tokenizer's word that each belongs to. `[count]`
    ///   - count: Tokens.
    ///   - wordEnds: Where the segmenter's words end, in bytes, rising.
    /// - Returns: how many words there are.
    package static func mark(
        _ bits: UnsafeMutablePointer<UInt8>, starts: UnsafePointer<Int>, words: UnsafePointer<Int>, count: Int,
        wordEnds: [Int]
    ) -> Int {
        var wordCount = count
        wordEnds.withUnsafeBufferPointer { ends in
            var (word, last, lastPiece) = (0, -1, -1)
            for token in 0..<count {
                let start = starts[token]
                while word < ends.count - 1, ends[word] <= start { word &+= 1 }
                // Marks that canonical ordering moved may come from before the token that precedes them.
                while word > 0, ends[word &- 1] > start { word &-= 1 }
                if token > 0, word == last || words[token] == lastPiece {
                    bits[token] = 1
                    wordCount &-= 1
                }
                (last, lastPiece) = (word, words[token])
            }
        }
        return wordCount
    }
}
