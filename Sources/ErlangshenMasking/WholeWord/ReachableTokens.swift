import ErlangshenTokenizer

/// Which tokens of a vocabulary can come out of a text at all.
///
/// Under lower-casing no text gives `PRL` or `##iP`; where ideographs stand alone none gives `##中`; a token of two words
/// or with an accent that is stripped is out of reach as well. A token is within reach if a text is found that gives it:
/// its own spelling, or for a `##` piece its spelling behind the longest token that words begin with. No token reaches
/// further into such a word than its head, and the rest of it is the piece whole: if that text does not give the
/// piece, then none does (but for words near the limit of 100 characters, for which shorter heads are tried).
struct ReachableTokens {
    private let tokenizer: BertTokenizer
    /// Tokens that begin words which may go on, longest first, at most one of each length.
    private let heads: [String]

    init(_ tokenizer: BertTokenizer) {
        self.tokenizer = tokenizer
        var heads: [Int: String] = [:]
        for id in 0..<Int32(tokenizer.vocabulary.count) {
            guard let token = tokenizer.vocabulary.token(of: id), Self.piece(token) == nil else { continue }
            let length = token.unicodeScalars.count
            if heads[length] == nil, Self.gives(token, id, tokenizer), Self.goesOn(token, tokenizer) {
                heads[length] = token
            }
        }
        self.heads = heads.sorted { $0.key > $1.key }.map(\.value)
    }

    /// A text that has the token among its tokens; nil if there is none.
    func text(giving id: Int32) -> String? {
        guard let token = tokenizer.vocabulary.token(of: id) else { return nil }
        guard let piece = Self.piece(token) else { return Self.gives(token, id, tokenizer) ? token : nil }
        for head in heads {
            let word = head + piece
            if Self.ids(word, tokenizer).last == id { return word }
            // Only a word that is too long to be spelled is worth another head.
            if word.unicodeScalars.count <= 100 { return nil }
        }
        return nil
    }

    /// What a `##` token adds to a word; nil for a token that begins one.
    private static func piece(_ token: String) -> String? {
        let scalars = token.unicodeScalars
        guard scalars.count > 2, token.utf8.starts(with: "##".utf8) else { return nil }
        return String(String.UnicodeScalarView(scalars.dropFirst(2)))
    }

    private static func ids(_ text: String, _ tokenizer: BertTokenizer) -> [Int32] {
        // Nothing is cut or padded, so encoding has no reason to throw.
        (try? tokenizer.encode(text, addSpecialTokens: false).ids) ?? []
    }

    private static func gives(_ token: String, _ id: Int32, _ tokenizer: BertTokenizer) -> Bool {
        ids(token, tokenizer) == [id]
    }

    /// Whether a token twice in a row is one word.
    private static func goesOn(_ token: String, _ tokenizer: BertTokenizer) -> Bool {
        guard let words = try? tokenizer.encode(token + token, addSpecialTokens: false).wordIds() else { return false }
        return !words.isEmpty && words.allSatisfy { $0 == words[0] && $0 != nil }
    }
}
