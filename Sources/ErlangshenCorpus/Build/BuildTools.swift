import ErlangshenSegmentation
import ErlangshenTokenizer

/// What all threads of a build share.
struct BuildTools: Sendable {
    let settings: BuildSettings
    let tokenizer: BertTokenizer
    let segmenter: WordSegmenter
    let type: TokenType
    /// Sums of the vocabulary and of the words.
    let vocabularySum: String
    let wordsSum: String

    /// - Throws: `segmentation`, `tokenizer`.
    init(settings: BuildSettings, tokenizer: BertTokenizer) throws(CorpusError) {
        self.settings = settings
        self.tokenizer = tokenizer
        type = TokenType(vocabularySize: tokenizer.vocabulary.count)
        var words = ""
        do throws(SegmentationError) {
            var segmenter = try WordSegmenter(jieba: settings.jieba)
            words = segmenter.sourceSum
            for path in settings.userDictionaries {
                words += try segmenter.addUserDictionary(summing: path)
            }
            self.segmenter = segmenter
        } catch {
            throw .segmentation(error)
        }
        wordsSum = Digest.hex(of: Array(words.utf8))
        vocabularySum = Self.sum(of: tokenizer)
        // A worker makes tables of its own; here it shows once whether they can be made.
        do { _ = try PieceScanner(tokenizer) } catch { throw .tokenizer(error) }
    }

    /// A sum of all that decides which ids a text has.
    private static func sum(of tokenizer: BertTokenizer) -> String {
        var bytes: [UInt8] = []
        for id in 0..<Int32(tokenizer.vocabulary.count) {
            bytes += (tokenizer.vocabulary.token(of: id) ?? "").utf8
            bytes.append(0x0A)
        }
        let options = tokenizer.options
        let strips = options.stripAccents ?? options.doLowerCase
        bytes += "\(options.doLowerCase) \(options.tokenizeChineseChars) \(strips) \(options.unkToken)".utf8
        return Digest.hex(of: bytes)
    }
}
