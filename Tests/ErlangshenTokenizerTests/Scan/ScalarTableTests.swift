// Goldens: PYTHON tools/goldens/make_tokenizer_goldens.py, a Python with transformers==5.23.0.
import ErlangshenJSON
import ErlangshenTokenizer
import Testing

@Suite struct ScalarTableTests {
    /// What becomes of a scalar between two letters; the numbers are those of the golden.
    private enum Fate: Int {
        case vanishes, partsWords, standsAlone, belongsToAWord
    }

    @Test func everyScalarOfUnicodeMeetsItsFate() throws {
        let tokenizer = try Golden.tokenizer()
        var count = 0
        for run in try Golden.rows("classes.json") {
            let numbers = try #require(run.arrayValue).compactMap(\.intValue)
            let scalars = (numbers[0]...numbers[1]).compactMap(Unicode.Scalar.init)
            count += scalars.count
            let text = scalars.map { "x\($0)x" }.joined(separator: " ")
            let words = try tokenizer.encode(text, addSpecialTokens: false).wordIds().compactMap { $0 }
            let wordCount = (words.last ?? -1) + 1
            let fate = try #require(Fate(rawValue: numbers[2]))
            let perScalar = fate == .standsAlone ? 3 : fate == .partsWords ? 2 : 1
            #expect(wordCount == perScalar * scalars.count, "U+\(String(numbers[0], radix: 16)): \(fate)")
            if fate == .vanishes { #expect(words.count == 2 * scalars.count, "U+\(String(numbers[0], radix: 16))") }
        }
        #expect(count == 1_112_064)
    }
}
