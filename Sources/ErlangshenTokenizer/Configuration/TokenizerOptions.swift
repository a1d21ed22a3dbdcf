/// What a tokenizer's configuration files can say; the defaults are those of BERT.
public struct TokenizerOptions: Sendable, Equatable {
    /// Whether words are compared in lower case.
    public var doLowerCase = true
    /// Whether each CJK ideograph is a word of its own.
    public var tokenizeChineseChars = true
    /// Whether accents are removed; nil follows `doLowerCase`.
    public var stripAccents: Bool?
    /// Stands for words that the vocabulary cannot spell.
    public var unkToken = "[UNK]"
    /// Ends each text.
    public var sepToken = "[SEP]"
    /// Fills up short sequences.
    public var padToken = "[PAD]"
    /// Begins each sequence.
    public var clsToken = "[CLS]"
    /// Stands for what the model shall guess.
    public var maskToken = "[MASK]"
    /// Further tokens that are recognised in a text as a whole and left out by `skipSpecialTokens`.
    public var additionalSpecialTokens: [String] = []
    /// The length that `Truncation` cuts to when none is given; nil if the configuration names none.
    public var modelMaxLength: Int?
    /// Whether decoding joins ` ' `, ` n't` and the like when the caller does not say.
    public var cleanUpTokenizationSpaces = false
    /// Where `[PAD]` is added.
    public var paddingSide = Side.right
    /// Where tokens are cut.
    public var truncationSide = Side.right

    /// Makes the options of a lower-casing Chinese BERT.
    public init() {}

    /// Every token that is recognised as a whole, the five named ones first, none twice.
    public var specialTokens: [String] {
        var tokens: [String] = []
        for token in [padToken, unkToken, clsToken, sepToken, maskToken] + additionalSpecialTokens
        where !tokens.contains(where: { $0.utf8.elementsEqual(token.utf8) }) {
            tokens.append(token)
        }
        return tokens
    }

    /// Whether accents are removed, with nil resolved.
    var stripsAccents: Bool { stripAccents ?? doLowerCase }
}
