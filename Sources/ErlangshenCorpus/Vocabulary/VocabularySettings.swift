public import ErlangshenTokenizer

/// What kind of vocabulary is made of which text.
public struct VocabularySettings: Sendable, Equatable {
    /// Files, pipes, or `-` for standard input.
    public var inputs: [String]
    /// Tokens, special and unused ones included.
    public var size: Int
    /// How text is read.
    public var reading = ReadingSettings()
    /// How the tokenizer cleans and splits: lower case, accents, ideographs.
    public var options = TokenizerOptions()
    /// Share of all characters that the characters of the vocabulary make up, the most frequent first.
    public var coverage = 0.9998
    /// `[unused1]` and so on behind the special tokens.
    public var unusedCount = 0
    /// Whether each ideograph has a `##` form too. The tokenizer never asks for it: an ideograph is a word of its own.
    public var addsIdeographPieces = false
    /// A pair of pieces that comes less often is not joined.
    public var minimumPairCount = 2
    /// Different words that are counted at a time; beyond it the rarest are forgotten.
    public var wordLimit = 2_000_000
    /// Share of the documents that is not counted but measured afterwards, chosen by their text.
    public var heldOutShare = 0.01
    /// Bytes of held-out text that are kept.
    public var heldOutByteCount = 8 << 20
    /// Threads.
    public var workerCount = 1

    /// The settings of a lower-casing Chinese vocabulary.
    public init(inputs: [String], size: Int) {
        self.inputs = inputs
        self.size = size
    }

    /// - Throws: `invalidSetting`, `vocabularyTooSmall`.
    func check() throws(CorpusError) {
        try reading.check()
        func fail(_ name: String, _ value: String, _ expected: String) -> CorpusError {
            .invalidSetting(name: name, value: value, expected: expected)
        }
        guard !inputs.isEmpty else { throw .noText }
        guard (0...100_000).contains(unusedCount) else {
            throw fail("the number of unused tokens", "\(unusedCount)", "0 to 100000")
        }
        guard size <= 1 << 20 else { throw fail("the size", "\(size)", "at most \(1 << 20)") }
        guard size > fixedTokens.count else { throw .vocabularyTooSmall(size: size, needed: fixedTokens.count) }
        guard coverage > 0, coverage <= 1 else { throw fail("the coverage", "\(coverage)", "above 0 and at most 1") }
        guard heldOutShare >= 0, heldOutShare < 1 else {
            throw fail("the share held out", "\(heldOutShare)", "from 0 to below 1")
        }
        guard (1_000...100_000_000).contains(wordLimit) else {
            throw fail("the limit of words", "\(wordLimit)", "1000 to 100000000")
        }
        guard minimumPairCount >= 1 else { throw fail("the count of a pair", "\(minimumPairCount)", "at least 1") }
        guard (1...1_024).contains(workerCount) else {
            throw fail("the number of workers", "\(workerCount)", "1 to 1024")
        }
    }

    /// `[PAD] [UNK] [CLS] [SEP] [MASK]` and the unused tokens.
    var fixedTokens: [String] {
        [options.padToken, options.unkToken, options.clsToken, options.sepToken, options.maskToken]
            + (0..<unusedCount).map { "[unused\($0 + 1)]" }
    }
}
