import ErlangshenTokenizer

/// What a vocabulary covers.
public struct VocabularyReport: Sendable, Equatable {
    /// Records read.
    public internal(set) var records = 0
    /// Bytes of text.
    public internal(set) var textBytes = 0
    /// Records left out.
    public internal(set) var bad = BadRecordTally()
    /// Characters of the text, cleaned.
    public internal(set) var distinctCharacters = 0
    /// Those of them that are in the vocabulary.
    public internal(set) var characters = 0
    /// Tokens that are one character.
    public internal(set) var characterTokens = 0
    /// Tokens that were joined of others.
    public internal(set) var pieceTokens = 0
    /// Different words that were counted, ideographs aside.
    public internal(set) var distinctWords = 0
    /// What the count of a word may be too small by; 0 when none was forgotten.
    public internal(set) var wordCountError = 0
    /// Words of more than 100 characters, which are `[UNK]` always.
    public internal(set) var overlongWords = 0
    /// Share of the characters of the text that the vocabulary has.
    public internal(set) var characterCoverage = 0.0
    /// Share of the words (ideographs and punctuation marks too) that it spells without `[UNK]`.
    public internal(set) var wordCoverage = 0.0
    /// Bytes of text that was held out and measured.
    public internal(set) var heldOutBytes = 0
    /// Its tokens.
    public internal(set) var heldOutTokens = 0
    /// Those of them that are `[UNK]`.
    public internal(set) var heldOutUnknown = 0

    /// Tokenizes the text that was held out.
    mutating func measure(
        _ texts: [[UInt8]], tokens: [String], options: TokenizerOptions
    ) throws(CorpusError) {
        do throws(TokenizerError) {
            let tokenizer = try BertTokenizer(vocabulary: try Vocabulary(tokens: tokens), options: options)
            let scanner = try PieceScanner(tokenizer)
            for text in texts {
                text.withUnsafeBufferPointer { scanner.scan($0) }
                heldOutBytes += text.count
                heldOutTokens += scanner.count
                for token in 0..<scanner.count where scanner.ids[token] == tokenizer.unkTokenId { heldOutUnknown += 1 }
            }
        } catch {
            throw .tokenizer(error)
        }
    }
}
