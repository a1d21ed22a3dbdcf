/// Everything that turns bytes into ids, made once for a tokenizer and never changed.
final class WordPieceTables: Sendable {
    /// Words of more scalars than this are unknown as a whole.
    static let maximumWordLength = 100

    let scalars: ScalarTable
    let pieces: PieceTrie
    let specials: SpecialTokens
    let unkId: Int32

    /// *Special tokens:* with `findsSpecialTokens` false none is recognised in a text: `[MASK]` is three words then.
    ///
    /// - Throws: `missingSpecialTokens`, `unsupportedSetting` for an impossible special token, `vocabularyTooLarge`.
    init(
        vocabulary: Vocabulary, options: TokenizerOptions, findsSpecialTokens: Bool = true
    ) throws(TokenizerError) {
        let special = findsSpecialTokens ? options.specialTokens : []
        specials = try SpecialTokens(tokens: special, vocabulary: vocabulary)
        unkId = try vocabulary.ids(of: [options.unkToken])[0]
        var singles: [(scalar: UInt32, id: Int32)] = []
        var pieces = PieceTrie()
        for id in 0..<vocabulary.count {
            let token = Self.decode(vocabulary.bytes(of: id))
            if token.count == 1 { singles.append((token[0], Int32(id))) }
            guard Self.insert(token, id: Int32(id), into: &pieces) else {
                throw .vocabularyTooLarge(
                    source: vocabulary.source, found: Int(pieces.nodeCount) + 1, limit: PieceTrie.maximumNodeCount,
                    unit: "distinct beginnings of tokens")
            }
        }
        self.pieces = pieces
        let starts = Set(special.compactMap { $0.unicodeScalars.first?.value })
        scalars = ScalarTable(singles: singles, unkId: unkId, options: options, specialStarts: starts)
    }

    /// Puts a token under the root where words look for it; pieces longer than any word are left out.
    private static func insert(_ token: [UInt32], id: Int32, into pieces: inout PieceTrie) -> Bool {
        let isContinuation = token.count > 2 && token[0] == 0x23 && token[1] == 0x23
        let piece = isContinuation ? token[2...] : token[...]
        guard piece.count <= maximumWordLength else { return true }
        return pieces.insert(piece, id: id, root: isContinuation ? PieceTrie.continuationRoot : PieceTrie.wordRoot)
    }

    /// Tables that cut a text into words and spell none: the operand of a token's cell is its scalar.
    ///
    /// - Throws: nothing for the usual options; what `init(vocabulary:options:)` throws.
    init(wordsBy options: TokenizerOptions) throws(TokenizerError) {
        specials = try SpecialTokens(tokens: [], vocabulary: try Vocabulary(tokens: [options.unkToken]))
        unkId = 0
        pieces = PieceTrie()
        let alone = [UnicodeTables.punctuation, options.tokenizeChineseChars ? UnicodeTables.ideographs : []]
        var singles: [(scalar: UInt32, id: Int32)] = []
        for table in alone {
            for place in stride(from: 0, to: table.count, by: 2) where table[place] < UInt32(UnicodeFacts.flatCount) {
                for scalar in table[place]...min(table[place + 1], UInt32(UnicodeFacts.flatCount) - 1) {
                    singles.append((scalar, Int32(scalar)))
                }
            }
        }
        // An id that no scalar of the list has, so that none looks unknown after it got its own.
        scalars = ScalarTable(singles: singles, unkId: 0x0FFF_FFFF, options: options, specialStarts: [])
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
    }
}
