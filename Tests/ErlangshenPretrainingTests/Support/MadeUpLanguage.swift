import ErlangshenMasking
import ErlangshenRandom

@testable import ErlangshenPretraining

/// A language that a tiny model can learn: words of two characters, the second one told by the first; every text is
/// about one of four themes, and has the words of its theme alone.
struct MadeUpLanguage: MaskedSampleSource {
    static let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    static let characters = Array("天地人你我他山水火木金土日月星云风雨雪花草鸟鱼虫")
    static let vocabulary = specials + characters.map(String.init)
    static let (cls, sep, mask): (Int32, Int32, Int32) = (2, 3, 4)

    let count: Int
    /// Words of a sequence.
    var wordCount = 5
    var seed: UInt64 = 7
    /// Sequences of a sample.
    var packed = 1

    func tokenCount(_ index: Int) -> Int { packed * (2 * wordCount + 2) }

    func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence] {
        guard (0..<count).contains(index) else { throw .noSuchSample(index: index, count: count, epoch: epoch) }
        return (0..<packed).map { part in
            let generator = Philox(seed: seed)
            let text = UInt32(index * packed + part)
            func draw(_ place: Int, _ purpose: UInt32) -> Int {
                Int(generator.words(at: SIMD4(text, UInt32(place), UInt32(truncatingIfNeeded: epoch), purpose))[0])
            }
            // The text is the same in every epoch, its masks are not.
            let theme = Int(generator.words(at: SIMD4(text, 0, 0, 90))[0]) % 4
            var ids = [Self.cls]
            for word in 0..<wordCount {
                let first = theme * 3 + Int(generator.words(at: SIMD4(text, UInt32(word), 0, 91))[0]) % 3
                ids += [Int32(5 + first), Int32(5 + 12 + first)]
            }
            ids.append(Self.sep)
            var (positions, labels, ends): ([Int], [Int32], [Int]) = ([], [], [])
            let whole = draw(0, 92) % wordCount
            for place in 1...2 * wordCount {
                // One whole word, and half of another.
                let isHalf = place == 1 + 2 * ((whole + 1) % wordCount) + draw(1, 93) % 2
                guard (place - 1) / 2 == whole || isHalf else { continue }
                positions.append(place)
                labels.append(ids[place])
                if (place - 1) / 2 != whole || place.isMultiple(of: 2) { ends.append(positions.count) }
                ids[place] = Self.mask
            }
            return MaskedSequence(ids: ids, positions: positions, labels: labels, wordEnds: ends)
        }
    }

    /// −Σ p·log p of a character: what a model pays that knows how often each comes, and nothing else.
    static func unigramEntropy(_ language: MadeUpLanguage) throws -> Double {
        var counts: [Int32: Double] = [:]
        for index in 0..<language.count {
            for sequence in try language.sample(index, epoch: 0) {
                for label in sequence.labels { counts[label, default: 0] += 1 }
            }
        }
        let all = counts.values.reduce(0, +)
        return counts.values.reduce(0) { $0 - $1 / all * nearLog($1 / all) }
    }
}

/// Texts of the language, those for learning and those to be measured on drawn from other seeds.
struct MadeUpCorpora: SampleMaker {
    var trainingCount = 96
    var heldOutCount = 24
    var packed = 1
    /// More than one corpus, by weight.
    var weights = [1.0]

    func training(window: Int) -> [NamedSource] {
        weights.enumerated().map { number, weight in
            NamedSource(
                name: "corpus-\(number)", weight: weight,
                source: MadeUpLanguage(
                    count: trainingCount, wordCount: max(2, (window - 2) / 2), seed: UInt64(7 + number),
                    packed: packed))
        }
    }

    func heldOut(window: Int) -> [NamedSource] {
        weights.indices.map { number in
            NamedSource(
                name: "corpus-\(number)",
                source: MadeUpLanguage(
                    count: heldOutCount, wordCount: max(2, (window - 2) / 2), seed: UInt64(1_007 + number)))
        }
    }
}
