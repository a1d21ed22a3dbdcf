/// Turns Chinese text into the ids of a BERT vocabulary and back, exactly as the published tokenizer does.
///
/// A value of immutable tables: copies share them, and any number of threads may use one tokenizer at once.
public struct BertTokenizer: Sendable {
    /// The tokens and their ids.
    public let vocabulary: Vocabulary
    /// What the configuration files say.
    public let options: TokenizerOptions
    let tables: WordPieceTables

    /// The id of `[PAD]`.
    public let padTokenId: Int32
    /// The id of `[UNK]`.
    public let unkTokenId: Int32
    /// The id of `[CLS]`.
    public let clsTokenId: Int32
    /// The id of `[SEP]`.
    public let sepTokenId: Int32
    /// The id of `[MASK]`.
    public let maskTokenId: Int32

    /// Makes a tokenizer of a vocabulary and options, without any file.
    ///
    /// - Throws: `missingSpecialTokens` with all that the vocabulary lacks; `unsupportedSetting` for special
    ///   tokens that cannot be found in a text; `vocabularyTooLarge`.
    public init(vocabulary: Vocabulary, options: TokenizerOptions = TokenizerOptions()) throws(TokenizerError) {
        self.vocabulary = vocabulary
        self.options = options
        tables = try WordPieceTables(vocabulary: vocabulary, options: options)
        let named = [options.padToken, options.unkToken, options.clsToken, options.sepToken, options.maskToken]
        let ids = try vocabulary.ids(of: named)
        (padTokenId, unkTokenId, clsTokenId, sepTokenId, maskTokenId) = (ids[0], ids[1], ids[2], ids[3], ids[4])
    }

    /// Reads `vocab.txt` and, if they are there, `tokenizer_config.json` and `special_tokens_map.json` of a folder.
    ///
    /// - Throws: What `Vocabulary(file:)`, `TokenizerOptions(directory:)` and `init(vocabulary:options:)` throw.
    public init(directory: String) throws(TokenizerError) {
        let vocabulary = try Vocabulary(file: directory + "/vocab.txt")
        let options = try TokenizerOptions(directory: directory, vocabulary: vocabulary)
        try self.init(vocabulary: vocabulary, options: options)
    }

    /// The number of special tokens that an encoding has around one text, or around two.
    public func specialTokenCount(isPair: Bool = false) -> Int { isPair ? 3 : 2 }

    /// Whether `id` is one of the special tokens.
    public func isSpecial(_ id: Int32) -> Bool { tables.specials.ids.contains(id) }

    /// The tokens of a text without special tokens around it.
    public func tokenize(_ text: String) -> [String] {
        var layout = EncodingLayout(text, nil, addsSpecialTokens: false)
        return write(&layout).map { vocabulary.token(of: $0) ?? options.unkToken }
    }

    /// The ids of a text or two, uncut, with the special tokens around them; notes the counts in the layout.
    func write(_ layout: inout EncodingLayout) -> [Int32] {
        var (text, pair) = (layout.text, layout.pair ?? "")
        var counts = (first: 0, second: 0)
        let capacity = text.utf8.count + pair.utf8.count + layout.specialCount
        let ids = [Int32](unsafeUninitializedCapacity: capacity) { buffer, count in
            var writer = IdWriter(buffer)
            if layout.addsSpecialTokens { writer.append(clsTokenId) }
            text.withUTF8 { TextScanner.scan($0, tables: tables, into: &writer) }
            counts.first = writer.count - layout.firstStart
            if layout.addsSpecialTokens { writer.append(sepTokenId) }
            pair.withUTF8 { TextScanner.scan($0, tables: tables, into: &writer) }
            counts.second = writer.count - layout.firstStart - counts.first - layout.separatorCount
            if layout.addsSpecialTokens, layout.pair != nil { writer.append(sepTokenId) }
            count = writer.count
        }
        (layout.firstCount, layout.secondCount) = counts
        return ids
    }

    /// Where each token of a text comes from, and to which word it belongs.
    func spans(of text: String) -> SpanRecorder {
        var text = text
        var recorder = SpanRecorder()
        text.withUTF8 { TextScanner.scan($0, tables: tables, into: &recorder) }
        return recorder
    }
}
