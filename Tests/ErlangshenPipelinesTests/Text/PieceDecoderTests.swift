import Testing

@testable import ErlangshenPipelines

/// The expected strings are those of transformers 5.23:
/// `BertTokenizer.from_pretrained("Tests/ErlangshenPipelinesTests/Goldens/tags").convert_tokens_to_string(PIECES)`.
struct PieceDecoderTests {
    @Test(arguments: [
        (["read", "##ing"], "reading"), (["##ing", "##s"], "##ings"), (["山", ",", "水"], "山, 水"),
        (["[UNK]", "a"], "[UNK] a"),
        (["read ing", "!"], "read ing!"), (["do", "n", "'", "t"], "do n ' t"), (["a", "##"], "a"), (["##"], "##"),
        (["a", "-", "b", "."], "a - b."), (["a", "##b", "c"], "ab c"), (["i", " am"], "i  am"), ([""], ""),
        (["龘", "a", ""], "龘 a "),
    ])
    func `pieces join as in transformers`(pieces: [String], expected: String) {
        #expect(PieceDecoder.decode(pieces) == expected)
    }
}
