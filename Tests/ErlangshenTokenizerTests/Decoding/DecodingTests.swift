// Goldens: PYTHON tools/goldens/make_tokenizer_goldens.py, a Python with transformers==5.23.0.
import ErlangshenJSON
import ErlangshenTokenizer
import Testing

@Suite struct DecodingTests {
    @Test func decodingIsThatOfTransformers() throws {
        let tokenizer = try Golden.tokenizer()
        let rows = try Golden.rows("decoding.json")
        #expect(rows.count > 100)
        for row in rows {
            let ids = try row.ids("ids")
            // Bytes, as Swift strings are equal when only canonically equivalent.
            let plain = try tokenizer.decode(ids)
            #expect(try plain.utf8.elementsEqual(row.string("plain").utf8), "\(ids): \(plain)")
            let skipped = try tokenizer.decode(ids, skipSpecialTokens: true)
            #expect(try skipped.utf8.elementsEqual(row.string("skipped").utf8), "\(ids): \(skipped)")
            let cleaned = try tokenizer.decode(ids, cleanUpTokenizationSpaces: true)
            #expect(try cleaned.utf8.elementsEqual(row.string("cleaned").utf8), "\(ids): \(cleaned)")
        }
    }

    @Test func idsOutsideTheVocabularyAreRefused() throws {
        let tokenizer = try Golden.tokenizer()
        let count = tokenizer.vocabulary.count
        for id in [Int32(count), -1, .max, .min] {
            let error = TokenizerError.idOutOfRange(id: Int(id), position: 1, vocabularySize: count)
            #expect(throws: error) { try tokenizer.decode([5, id]) }
            #expect(throws: error) { try tokenizer.text([5, id]) }
        }
    }

    @Test(arguments: [
        ("今天天气很好,我们去[MASK]边走走。", "今天天气很好,我们去边走走。"), ("hello world , 3.14 (a-b)", "hello world, 3.14 (a-b)"),
        ("中国hello中国", "中国hello中国"), ("unaffable中", "unaffable中"), ("don't", "don't"), ("hello. world", "hello. world"),
        ("", ""),
    ])
    func readableTextHasNoSpacesInChinese(_ text: String, _ expected: String) throws {
        let tokenizer = try Golden.tokenizer()
        #expect(try tokenizer.text(tokenizer.encode(text).ids) == expected)
    }

    @Test func readableTextCanKeepSpecialTokens() throws {
        let tokenizer = try Golden.tokenizer()
        let ids = try tokenizer.encode("去[MASK]边走", addSpecialTokens: false).ids
        #expect(try tokenizer.text(ids, skipSpecialTokens: false) == "去[MASK]边走")
    }

    /// The expected strings are those of transformers 5.23:
    /// `BertTokenizer.from_pretrained("Tests/ErlangshenPipelinesTests/Goldens/tags").convert_tokens_to_string(PIECES)`.
    @Test(arguments: [
        (["read", "##ing"], "reading"), (["##ing", "##s"], "##ings"), (["山", ",", "水"], "山, 水"),
        (["[UNK]", "a"], "[UNK] a"),
        (["read ing", "!"], "read ing!"), (["do", "n", "'", "t"], "do n ' t"), (["a", "##"], "a"), (["##"], "##"),
        (["a", "-", "b", "."], "a - b."), (["a", "##b", "c"], "ab c"), (["i", " am"], "i  am"), ([""], ""),
        (["龘", "a", ""], "龘 a "),
    ])
    func tokensJoinAsInTransformers(_ tokens: [String], _ expected: String) throws {
        #expect(try Golden.tokenizer().joined(tokens) == expected)
    }
}
