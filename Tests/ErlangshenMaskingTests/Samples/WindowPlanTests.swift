import ErlangshenRandom
import Testing

@testable import ErlangshenMasking

struct WindowPlanTests {
    /// The windows of one document.
    private func windows(_ text: TokenizedText, _ length: Int) throws -> (plan: WindowPlan, ranges: [Range<Int>]) {
        let documents = TokenizedTexts([text])
        let plan = try WindowPlan(documents: documents, windowLength: length)
        return (plan, (0..<plan.count).map { plan.window($0, of: documents).tokens })
    }

    @Test func `all tokens once, no word cut, no tiny window`() throws {
        for seed in 0..<120 {
            var numbers = PhiloxStream(seed: UInt64(seed), purpose: 95, number: 0)
            let lengths = (0..<numbers.next(below: 400)).map { _ in 1 + numbers.next(below: 4) }
            let text = try Material.text(wordLengths: lengths)
            let length = [12, 40, 64, 200][seed % 4]
            let (plan, ranges) = try windows(text, length)
            #expect(ranges.flatMap { Array($0) } == Array(text.ids.indices))
            #expect(ranges.allSatisfy { $0.count <= length - 2 && !$0.isEmpty })
            #expect(ranges.dropFirst().allSatisfy { !text.continuesWord[$0.lowerBound] })
            #expect(plan.cutWordCount == 0 && plan.byteCount == 4 * (plan.count + 1))
            if ranges.count > 1, length >= 40 {
                #expect(ranges.allSatisfy { $0.count >= (length - 2) / 2 - 5 }, "\(ranges)")
            }
        }
    }

    @Test func `even parts of words of one token`() throws {
        let text = try Material.text(wordLengths: [Int](repeating: 1, count: 1_020))
        #expect(try windows(text, 512).ranges == [0..<340, 340..<680, 680..<1_020])
        let other = try Material.text(wordLengths: [Int](repeating: 1, count: 511))
        #expect(try windows(other, 512).ranges.map(\.count).sorted() == [255, 256])
        let fits = try Material.text(wordLengths: [Int](repeating: 1, count: 510))
        #expect(try windows(fits, 512).ranges == [0..<510])
    }

    @Test func `a word longer than a window is cut and counted`() throws {
        let (plan, ranges) = try windows(Material.text(wordLengths: [3, 25, 3]), 12)
        #expect(ranges.map(\.upperBound) == [3, 13, 23, 31] && plan.cutWordCount == 2)
        let (least, single) = try windows(Material.text(wordLengths: [2]), 3)
        #expect(single == [0..<1, 1..<2] && least.cutWordCount == 1)
    }

    @Test func `documents of every length, empty ones too`() throws {
        let texts = try [0, 3, 0, 0, 25, 10, 11, 0].map {
            try Material.text(wordLengths: [Int](repeating: 1, count: $0))
        }
        let documents = TokenizedTexts(texts)
        let plan = try WindowPlan(documents: documents, windowLength: 12)
        let windows = (0..<plan.count).map { plan.window($0, of: documents) }
        #expect(windows.map(\.document) == [1, 4, 4, 4, 5, 6, 6])
        #expect(windows.map(\.tokens.count).reduce(0, +) == 49)
    }

    /// A corpus that does not keep its word.
    private struct Broken: TokenizedDocuments {
        let said: Int
        let given: Int
        var count: Int { 1 }
        func tokenCount(_ index: Int) -> Int { said }
        func text(_ index: Int) throws(MaskingError) -> TokenizedText {
            guard given >= 0 else { throw .unreadableDocument(index: index, reason: "gone") }
            return try TokenizedText(
                ids: [Int32](repeating: 7, count: given), continuesWord: [Bool](repeating: false, count: given))
        }
    }

    @Test func `hostile lengths and documents`() throws {
        let masker = try WholeWordMasker(vocabulary: Material.vocabulary(), seed: 1)
        func samples(_ said: Int, _ given: Int, _ length: Int = 12) throws -> MaskedSamples {
            try MaskedSamples(documents: Broken(said: said, given: given), masker: masker, windowLength: length)
        }
        for length in [Int.min, 2, WindowPlan.maximumWindowLength + 1] {
            #expect(throws: MaskingError.self) { try samples(4, 4, length) }
        }
        for said in [-1, Int(UInt32.max) + 1] {
            #expect(throws: MaskingError.documentLength(index: 0, tokenCount: said)) { try samples(said, 4) }
        }
        #expect(throws: MaskingError.inconsistentDocument(index: 0, expected: 30, found: 4)) { try samples(30, 4) }
        #expect(throws: MaskingError.unreadableDocument(index: 0, reason: "gone")) { try samples(30, -1) }
        #expect(throws: MaskingError.inconsistentDocument(index: 0, expected: 6, found: 4)) {
            try samples(6, 4).sample(0, epoch: 0)
        }
        let fine = try samples(6, 6)
        for (index, epoch) in [(-1, 0), (1, 0), (0, -1), (0, Int(UInt32.max) + 1)] {
            #expect(throws: MaskingError.noSuchSample(index: index, count: 1, epoch: epoch)) {
                try fine.sample(index, epoch: epoch)
            }
        }
        #expect(try fine.sample(0, epoch: Int(UInt32.max)).count == 1)
    }
}
