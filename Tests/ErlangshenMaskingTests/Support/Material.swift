import ErlangshenJSON
import ErlangshenRandom
import ErlangshenSegmentation
import ErlangshenTokenizer
import Foundation
import Testing

@testable import ErlangshenMasking

/// Goldens and small corpora: `$PYTHON tools/goldens/make_masking_goldens.py`.
enum Material {
    private static let goldens = Bundle.module.resourceURL?.appendingPathComponent("Goldens").path ?? "Goldens"
    /// A tiny dictionary in the layout of jieba's folder, made by tools/goldens/make_segmentation_goldens.py.
    static let jieba = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("ErlangshenSegmentationTests/Tiny").path

    static func rows(_ name: String) throws -> [JSONValue] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(goldens)/\(name)"))
        return try #require(JSONValue.parse([UInt8](bytes)).arrayValue)
    }

    // Read once: hundreds of texts are made from them.
    private static let lowerCasing = Result { try tokenizer(lowerCases: true) }
    private static let masked = lowerCasing.map { MaskingVocabulary($0) }

    static func tokenizer() throws -> BertTokenizer { try lowerCasing.get() }

    static func vocabulary() throws -> MaskingVocabulary { try masked.get() }

    static func tokenizer(lowerCases: Bool) throws -> BertTokenizer {
        var options = TokenizerOptions()
        options.doLowerCase = lowerCases
        return try BertTokenizer(vocabulary: Vocabulary(file: goldens + "/vocab.txt"), options: options)
    }

    static func segmenter() throws -> WordSegmenter { try WordSegmenter(jieba: jieba, cacheFolder: nil) }

    /// A text of words of the given lengths, tokens that may be masked and drawn at random.
    static func text(wordLengths: [Int], seed: UInt64 = 1) throws -> TokenizedText {
        let choices = try vocabulary().replacements
        var numbers = PhiloxStream(seed: seed, purpose: 99, number: 0)
        var (ids, bits): ([Int32], [Bool]) = ([], [])
        for length in wordLengths {
            for place in 0..<length {
                ids.append(choices[numbers.next(below: choices.count)])
                bits.append(place > 0)
            }
        }
        return try TokenizedText(ids: ids, continuesWord: bits)
    }

    /// A text of any tokens and bits, special ones among them.
    static func noise(_ count: Int, seed: UInt64) throws -> TokenizedText {
        let vocabularyCount = try tokenizer().vocabulary.count
        var numbers = PhiloxStream(seed: seed, purpose: 98, number: 0)
        let ids = (0..<count).map { _ in Int32(numbers.next(below: vocabularyCount)) }
        return try TokenizedText(ids: ids, continuesWord: ids.map { _ in numbers.next(below: 3) == 0 })
    }
}

extension JSONValue {
    var integers: [Int] { (arrayValue ?? []).compactMap(\.intValue) }
    var ids: [Int32] { integers.map(Int32.init) }
}
