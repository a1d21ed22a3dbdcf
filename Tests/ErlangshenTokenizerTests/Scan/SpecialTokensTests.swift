import ErlangshenTokenizer
import Testing

@Suite struct SpecialTokensTests {
    private let words = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[", "]", "m", "<", "<a>", "<a>b", "é!", "b", ">", "a",
    ]

    private func tokenizer(_ additional: [String]) throws -> BertTokenizer {
        var options = TokenizerOptions()
        options.additionalSpecialTokens = additional
        return try BertTokenizer(vocabulary: Vocabulary(tokens: words), options: options)
    }

    @Test func theLongestOneWins() throws {
        let tokenizer = try tokenizer(["<a>", "<a>b"])
        #expect(tokenizer.tokenize("<a>b<a>a<a") == ["<a>b", "<a>", "a", "<", "a"])
    }

    @Test func oneByteAndNonASCIIOnesAreFound() throws {
        let tokenizer = try tokenizer(["m", "é!"])
        #expect(tokenizer.tokenize("amé!m") == ["a", "m", "é!", "m"])
        #expect(tokenizer.tokenize("é") == ["[UNK]"])
    }

    @Test func nearMissesAreOrdinaryText() throws {
        let tokenizer = try tokenizer([])
        #expect(tokenizer.tokenize("[[MASK]") == ["[", "[MASK]"])
        #expect(tokenizer.tokenize("[M") == ["[", "m"])
        #expect(tokenizer.tokenize("[") == ["["])
    }

    @Test func missingOnesAreNamedTogether() throws {
        let vocabulary = try Vocabulary(tokens: ["[PAD]", "[UNK]", "a"])
        #expect(
            throws: TokenizerError.missingSpecialTokens(source: "the token list", tokens: ["[CLS]", "[SEP]", "[MASK]"])
        ) {
            try BertTokenizer(vocabulary: vocabulary)
        }
    }

    @Test func onesThatCannotBeFoundAreRefused() throws {
        let odd = ["\u{302E}x", "\u{30000}"]
        for token in odd {
            var options = TokenizerOptions()
            options.additionalSpecialTokens = [token]
            let vocabulary = try Vocabulary(tokens: words + odd)
            #expect {
                try BertTokenizer(vocabulary: vocabulary, options: options)
            } throws: { error in
                if case .unsupportedSetting(_, "special token", _, _)? = error as? TokenizerError {
                    true
                } else {
                    false
                }
            }
        }
    }
}
