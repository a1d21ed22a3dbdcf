import ErlangshenRandom
import ErlangshenTokenizer
import Testing

@testable import ErlangshenMasking

struct ReachableTokensTests {
    private func out(of tokenizer: BertTokenizer) -> [String] {
        let texts = ReachableTokens(tokenizer)
        return (0..<Int32(tokenizer.vocabulary.count)).filter { texts.text(giving: $0) == nil }
            .compactMap { tokenizer.vocabulary.token(of: $0) }
    }

    @Test func `what lower-casing and lone ideographs put out of reach`() throws {
        #expect(
            try out(of: Material.tokenizer())
                == ["[unused1]", "PRL", "iP", "##iP", "##山", "é", "##é", "桂林", "a.", "##", "T"])
        #expect(
            try out(of: Material.tokenizer(lowerCases: false))
                == ["[unused1]", "##山", "桂林", "a.", "##"])
    }

    @Test func `every text gives its token`() throws {
        let tokenizer = try Material.tokenizer()
        let texts = ReachableTokens(tokenizer)
        for id in 0..<Int32(tokenizer.vocabulary.count) {
            guard let text = texts.text(giving: id) else { continue }
            #expect(try tokenizer.encode(text, addSpecialTokens: false).ids.contains(id), "\(text)")
        }
    }

    /// No random text gives a token that is said to be out of reach.
    @Test func `nothing else comes out of texts`() throws {
        let tokenizer = try Material.tokenizer()
        let reached = Set(MaskingVocabulary(tokenizer).replacements)
        let pieces = Array("桂林山水甲aAbBPRLiIpPhHoOnNeE14é#. tTγΓ\u{301}").map(String.init) + ["iphone", "[MASK]", "##"]
        var numbers = PhiloxStream(seed: 3, purpose: 97, number: 0)
        var seen: Set<Int32> = []
        for _ in 0..<3_000 {
            let text = (0..<8).map { _ in pieces[numbers.next(below: pieces.count)] }.joined()
            seen.formUnion(try tokenizer.encode(text, addSpecialTokens: false).ids)
        }
        #expect(seen.filter { !tokenizer.isSpecial($0) && !reached.contains($0) } == [])
    }

    @Test func `pieces without a head, and heads that hide pieces`() throws {
        func tokenizer(_ tokens: [String]) throws -> BertTokenizer {
            try BertTokenizer(
                vocabulary: Vocabulary(tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + tokens))
        }
        // No word begins with anything but an ideograph or a mark, so no piece can follow.
        #expect(try out(of: tokenizer(["山", "，", "##a", "##1"])) == ["##a", "##1"])
        // `ax` is always taken whole, but after `ax` the piece follows.
        #expect(try out(of: tokenizer(["a", "ax", "##x", "##xa"])) == [])
        let long = String(repeating: "a", count: 99)
        #expect(
            try out(of: tokenizer(["b", "bb", "##" + long, "##a" + long, long + "a", long + "aa"])) == [
                "##a" + long, long + "aa",
            ])
    }

    @Test func `replacements are neither special, unused nor out of reach`() throws {
        let tokenizer = try Material.tokenizer()
        let vocabulary = MaskingVocabulary(tokenizer)
        let tokens = vocabulary.replacements.compactMap { tokenizer.vocabulary.token(of: $0) }
        #expect(tokens.count == tokenizer.vocabulary.count - 5 - 11)
        #expect(!tokens.contains { $0.hasPrefix("[") } && tokens.contains("##station") && !tokens.contains("PRL"))
        #expect(vocabulary.isSpecial.filter { $0 }.count == 5)
    }
}
