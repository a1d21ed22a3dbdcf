import Testing

@testable import ErlangshenMasking

struct WordBoundariesTests {
    /// The tiny dictionary has 桂林山水, 漓江 and 北京; `##` pieces go on with their head, whatever the words.
    @Test(arguments: [
        ("桂林山水甲", "桂 林 山 水|甲"), ("漓江，北京", "漓 江|，|北 京"), ("漓 江", "漓|江"),
        ("IPHONE14的", "iphone ##1 ##4|的"), ("", ""), ("漓[MASK]江", "漓|[MASK]|江"), ("龘漓江", "[UNK]|漓 江"),
    ])
    func words(_ text: String, _ expected: String) throws {
        let (tokenizer, segmenter) = try (Material.tokenizer(), Material.segmenter())
        let found = try WordBoundaries.text(text, tokenizer: tokenizer, segmenter: segmenter)
        let tokens = found.ids.map { tokenizer.vocabulary.token(of: $0) ?? "" }
        let shown = zip(tokens, found.continuesWord).enumerated().map { index, pair in
            (index == 0 ? "" : pair.1 ? " " : "|") + pair.0
        }
        #expect(shown.joined() == expected)
    }

    @Test func `one bit a token`() {
        #expect(throws: MaskingError.unequalCounts(tokens: 2, bits: 1)) {
            try TokenizedText(ids: [1, 2], continuesWord: [false])
        }
    }
}
