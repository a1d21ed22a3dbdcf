import ErlangshenJSON
import Testing

@testable import ErlangshenMasking

/// Masks of a second writing of the algorithm, in Python with numpy and jieba: `tools/masking-parity/fengshen.py`, by
/// `$PYTHON tools/goldens/make_masking_goldens.py`. 20,000 lines of real text: `tools/masking-parity/parity.py`.
struct FengshenMaskerTests {
    private func masker(_ row: JSONValue) throws -> FengshenMasker {
        var settings = FengshenSettings()
        settings.rate = try #require(row["rate"]?.doubleValue)
        settings.maximumLength = try #require(row["length"]?.intValue)
        if let order = row["order"]?.arrayValue { settings.tokenOrder = JSONValue.array(order).ids }
        return try FengshenMasker(
            tokenizer: Material.tokenizer(), segmenter: Material.segmenter(), settings: settings,
            seed: UInt32(try #require(row["seed"]?.intValue)))
    }

    @Test func `masks are the original's, text after text`() throws {
        var maskedCount = 0
        for item in try Material.rows("fengshen.json") {
            let masker = try masker(item)
            let rows = try #require(item["rows"]?.arrayValue)
            for _ in 0..<2 {
                for row in rows {
                    let found = try masker.masking(of: try #require(row["tokens"]).ids)
                    #expect(found?.sequence.ids == row["ids"]?.ids)
                    #expect(found?.sequence.positions == row["positions"]?.integers)
                    #expect(found?.sequence.labels == row["labels"]?.ids)
                    #expect(found?.boundary.map { $0 ? 1 : 0 } == row["boundary"]?.integers)
                    maskedCount += found?.sequence.positions.count ?? 0
                }
                masker.restart()
            }
        }
        #expect(maskedCount > 500)
    }

    @Test func `what it says of a text fits the masks`() throws {
        for item in try Material.rows("fengshen.json") {
            let masker = try masker(item)
            for row in try #require(item["rows"]?.arrayValue) {
                let tokens = try #require(row["tokens"]).ids
                guard let found = try masker.masking(of: tokens) else {
                    #expect(tokens.isEmpty)
                    continue
                }
                let sequence = found.sequence
                #expect(found.chosen.flatMap { Array(found.words[$0]) } == sequence.positions)
                #expect(sequence.wordEnds.count == found.chosen.count)
                #expect(sequence.ids.count + found.cutFirstCount + found.cutLastCount == tokens.count + 2)
                #expect(Double(sequence.positions.count) <= found.bound)
                for (action, (position, label)) in zip(found.actions, zip(sequence.positions, sequence.labels)) {
                    switch action {
                    case .mask: #expect(sequence.ids[position] == 4)
                    case .keep: #expect(sequence.ids[position] == label)
                    case .random: break
                    }
                }
            }
        }
    }

    @Test func `settings and tokens that cannot be`() throws {
        let (tokenizer, segmenter) = try (Material.tokenizer(), Material.segmenter())
        let count = tokenizer.vocabulary.count
        func masker(_ change: (inout FengshenSettings) -> Void) throws -> FengshenMasker {
            var settings = FengshenSettings()
            change(&settings)
            return try FengshenMasker(tokenizer: tokenizer, segmenter: segmenter, settings: settings)
        }
        for rate in [0, -1, 1.5, .nan, .infinity] {
            #expect(throws: MaskingError.self) { try masker { $0.rate = rate } }
        }
        for length in [3, -1, Int.max] {
            #expect(throws: MaskingError.self) { try masker { $0.maximumLength = length } }
        }
        let whole = Array(0..<Int32(count))
        for order in [[], [0, 0], [-1], [Int32.max], Array(whole.dropLast()), whole + [0]] {
            #expect(throws: MaskingError.self) { try masker { $0.tokenOrder = order } }
        }
        let fine = try masker { $0.maximumLength = 4 }
        #expect(throws: MaskingError.invalidToken(id: -1, position: 1, vocabularyCount: count)) {
            try fine.mask(tokens: [5, -1])
        }
        #expect(throws: MaskingError.self) { try fine.mask(tokens: [Int32(count)]) }
        #expect(try fine.mask(tokens: []) == nil)
        #expect(try fine.mask(tokens: [7, 8, 9])?.ids.count == 3)
    }
}
