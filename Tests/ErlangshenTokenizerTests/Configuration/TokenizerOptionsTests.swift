import ErlangshenTokenizer
import Testing

@Suite struct TokenizerOptionsTests {
    private static let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "<s>", "<x>", "é", "e", "A"]

    /// Loads a tokenizer from a folder with these two files; nil leaves a file out.
    private func load(_ config: String?, _ map: String? = nil) throws -> BertTokenizer {
        let folder = try TemporaryFolder()
        try folder.write("vocab.txt", Self.tokens.joined(separator: "\n").utf8)
        if let config { try folder.write("tokenizer_config.json", config.utf8) }
        if let map { try folder.write("special_tokens_map.json", map.utf8) }
        return try BertTokenizer(directory: folder.path)
    }

    @Test func withoutFilesTheDefaultsHold() throws {
        #expect(try load(nil).options == TokenizerOptions())
    }

    @Test func thePublishedFilesAreUnderstood() throws {
        let config = """
            {"do_lower_case": true, "do_basic_tokenize": true, "never_split": null, "unk_token": "[UNK]",
             "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
             "tokenize_chinese_chars": true, "strip_accents": null, "special_tokens_map_file": null,
             "tokenizer_class": "BertTokenizer", "model_max_length": 1000000000000000019884624838656}
            """
        let map = #"{"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": {"content": "[PAD]", "lstrip": false}}"#
        #expect(try load(config, map).options == TokenizerOptions())
    }

    @Test func everySettingArrives() throws {
        let config = """
            {"do_lower_case": false, "tokenize_chinese_chars": false, "strip_accents": true, "model_max_length": 512,
             "clean_up_tokenization_spaces": true, "padding_side": "left", "truncation_side": "left",
             "unk_token": "a", "additional_special_tokens": ["<x>", {"content": "b", "lstrip": false}],
             "bos_token": "<s>",
             "added_tokens_decoder": {"8": {"content": "<x>", "special": true}}}
            """
        var expected = TokenizerOptions()
        expected.doLowerCase = false
        expected.tokenizeChineseChars = false
        expected.stripAccents = true
        expected.modelMaxLength = 512
        expected.cleanUpTokenizationSpaces = true
        expected.paddingSide = .left
        expected.truncationSide = .left
        expected.unkToken = "a"
        expected.additionalSpecialTokens = ["<x>", "b", "<s>"]
        let tokenizer = try load(config)
        #expect(tokenizer.options == expected)
        #expect(tokenizer.unkTokenId == 5)
        #expect(try tokenizer.encode("<x>A", addSpecialTokens: false).ids == [8, 11])
    }

    @Test func stripAccentsFalseKeepsThemInLowerCase() throws {
        #expect(try load(#"{"strip_accents": false}"#).tokenize("É") == ["é"])
        #expect(try load(nil).tokenize("É") == ["e"])
    }

    @Test(arguments: [
        (#"{"do_lower_case": "yes"}"#, "do_lower_case is \"yes\""),
        (#"{"do_basic_tokenize": false}"#, "do_basic_tokenize is false"),
        (#"{"split_special_tokens": true}"#, "split_special_tokens is true"),
        (#"{"never_split": ["a"]}"#, "never_split is [\"a\"]"),
        (#"{"tokenizer_class": "DebertaV2Tokenizer"}"#, "tokenizer_class is \"DebertaV2Tokenizer\""),
        (#"{"padding_side": "middle"}"#, "padding_side is \"middle\""),
        (#"{"model_max_length": 0}"#, "model_max_length is 0"),
        (#"{"model_max_length": 10.5}"#, "model_max_length is 10.5"),
        (#"{"mask_token": null}"#, "mask_token is null"),
        (#"{"mask_token": ""}"#, "mask_token is \"\""),
        (#"{"mask_token": {"content": "[MASK]", "lstrip": true}}"#, "mask_token.lstrip is true"),
        (#"{"additional_special_tokens": "x"}"#, "additional_special_tokens is \"x\""),
        (#"{"added_tokens_decoder": {"3": {"content": "a"}}}"#, "added_tokens_decoder.3"),
        (
            #"{"added_tokens_decoder": {"5": {"content": "a", "special": false}}}"#,
            "added_tokens_decoder.5.special is false"
        ),
        ("[]", "the file is []"), ("{", "not valid JSON"),
    ])
    func unsupportedValuesAreRefusedByKeyAndValue(_ config: String, _ expected: String) throws {
        let error = #expect(throws: TokenizerError.self) { try load(config) }
        let message = try #require(error).description
        #expect(message.contains(expected) && message.contains("tokenizer_config.json"), "\(message)")
    }

    @Test func filesThatDisagreeAreRefused() throws {
        let error = #expect(throws: TokenizerError.self) { try load(#"{"unk_token": "a"}"#, #"{"unk_token": "b"}"#) }
        #expect(try #require(error).description.contains("unk_token is \"a\""))
    }

    @Test func specialTokensOutsideTheVocabularyAreRefused() throws {
        let error = #expect(throws: TokenizerError.self) { try load(#"{"mask_token": "<mask>"}"#) }
        let message = try #require(error).description
        #expect(message.contains("\"<mask>\"") && message.contains("vocab.txt"), "\(message)")
    }
}
