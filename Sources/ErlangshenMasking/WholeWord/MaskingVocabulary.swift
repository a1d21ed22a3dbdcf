public import ErlangshenTokenizer

/// What masking needs to know of a vocabulary: which tokens stay as they are, and which may take another's place.
public struct MaskingVocabulary: Sendable {
    /// Tokens of the vocabulary.
    public let count: Int
    /// The id of `[CLS]`.
    public let clsTokenId: Int32
    /// The id of `[SEP]`.
    public let sepTokenId: Int32
    /// The id of `[MASK]`.
    public let maskTokenId: Int32
    /// What may stand in another token's place: every token but special ones, `[unused…]` and those that no text
    /// can give. Rising.
    public let replacements: [Int32]
    /// Whether a token is special, `[UNK]` included, and so never masked.
    let isSpecial: [Bool]

    /// Looks each token up once.
    ///
    /// *Time:* one short text is tokenized for each token of the vocabulary.
    public init(_ tokenizer: BertTokenizer) {
        let ids = 0..<Int32(tokenizer.vocabulary.count)
        count = ids.count
        (clsTokenId, sepTokenId, maskTokenId) = (tokenizer.clsTokenId, tokenizer.sepTokenId, tokenizer.maskTokenId)
        let special = ids.map { tokenizer.isSpecial($0) || $0 == tokenizer.unkTokenId }
        isSpecial = special
        let texts = ReachableTokens(tokenizer)
        replacements = ids.filter { id in
            guard !special[Int(id)], let token = tokenizer.vocabulary.token(of: id) else { return false }
            return !token.hasPrefix("[unused") && texts.text(giving: id) != nil
        }
    }
}
