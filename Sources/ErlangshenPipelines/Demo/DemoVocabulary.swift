/// The vocabulary of the demonstration model: a project's own making, a token for each common Han character.
enum DemoVocabulary {
    static let specialTokens = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]

    private static let punctuation =
        "，。、；：？！·…—～％￥（）《》〈〉「」『』【】〔〕“”‘’" + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

    /// All tokens in the order of their ids.
    static let tokens: [String] = {
        let small = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
        let digits = (UInt8(ascii: "0")...UInt8(ascii: "9")).map { String(UnicodeScalar($0)) }
        let pieces = (small + digits).map { "##" + $0 }
        let signs = punctuation.unicodeScalars.map { String($0) }
        let han = (UInt32(0x4E00)...0x9FFF).compactMap(UnicodeScalar.init).map { String($0) }
        return specialTokens + signs + digits + small + pieces + han
    }()

    /// `vocab.txt`.
    static var fileText: String { tokens.joined(separator: "\n") + "\n" }
}
