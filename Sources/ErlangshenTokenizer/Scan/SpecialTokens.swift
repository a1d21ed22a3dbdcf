/// Finds special tokens in a text, byte for byte, the longest first.
struct SpecialTokens: Sendable {
    /// The ids, in the order of `TokenizerOptions.specialTokens`.
    let ids: [Int32]
    private var trie = PieceTrie()
    /// Which bytes a special token has in second place: most `[` of a text are told apart by this alone.
    private var secondBytes = [Bool](repeating: false, count: 257)

    /// - Throws: `missingSpecialTokens`, and `unsupportedSetting` for an empty one or one out of the table's reach.
    init(tokens: [String], vocabulary: Vocabulary) throws(TokenizerError) {
        ids = try vocabulary.ids(of: tokens)
        for (token, id) in zip(tokens, ids) {
            // A mark in first place would be split from what it stands on before canonical ordering is done.
            guard let first = token.unicodeScalars.first?.value, first < UInt32(UnicodeFacts.flatCount),
                UnicodeFacts.combiningClasses[Int(first)] == 0
            else {
                throw .unsupportedSetting(
                    source: vocabulary.source, key: "special token", value: "\"\(token)\"",
                    supported: "tokens that begin with a scalar below U+30000 that is no combining mark")
            }
            let bytes = Array(token.utf8)
            if bytes.count > 1 {
                secondBytes[Int(bytes[1])] = true
            } else {
                secondBytes = secondBytes.map { _ in true }
            }
            guard trie.insert(bytes.map(UInt32.init), id: id, root: PieceTrie.wordRoot) else {
                throw .vocabularyTooLarge(
                    source: vocabulary.source, found: bytes.count, limit: PieceTrie.maximumNodeCount,
                    unit: "bytes of special tokens")
            }
        }
    }

    /// Lends the view for the time of a call.
    func withView<Result>(_ body: (View) -> Result?) -> Result? {
        trie.withView { trie in
            secondBytes.withUnsafeBufferPointer { seconds in
                seconds.baseAddress.flatMap { body(View(trie: trie, secondBytes: $0)) }
            }
        }
    }

    /// The finished table with its addresses at hand.
    struct View {
        fileprivate let trie: PieceTrie.View
        fileprivate let secondBytes: UnsafePointer<Bool>

        /// Whether a special token may stand at `position`, whose scalar is the first of one.
        @inline(__always)
        func isPossible(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
            position + 1 < bytes.count ? secondBytes[Int(bytes[position + 1])] : secondBytes[SpecialTokens.endOfText]
        }

        /// The longest special token that stands at `position`, as its id and its length in bytes.
        func match(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (id: Int32, length: Int)? {
            var found: (id: Int32, length: Int)?
            var node = PieceTrie.wordRoot
            var place = position
            while place < bytes.count, let slot = trie.step(from: node, UInt32(bytes[place])) {
                node = slot.pointee.child
                place += 1
                if slot.pointee.id >= 0 { found = (slot.pointee.id, place - position) }
            }
            return found
        }
    }

    /// The place in `secondBytes` that stands for no second byte at all.
    fileprivate static let endOfText = 256
}
