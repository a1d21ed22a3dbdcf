/// Everything that turns bytes into ids, made once for a tokenizer and never changed.
final class WordPieceTables: Sendable {
    /// Words of more scalars than this are unknown as a whole.
    static let maximumWordLength = 100

    let scalars: ScalarTable
    let pieces: PieceTrie
    let specials: SpecialTokens
    let unkId: Int32

    /// - Throws: `missingSpecialTokens`, `unsupportedSetting` for an impossible special token, `vocabularyTooLarge`.
    init(vocabulary: Vocabulary, options: TokenizerOptions) throws(TokenizerError) {
        let special = options.specialTokens
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

    private static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
    }
}
