import ErlangshenTokenizer

/// The only place where pipelines speak to the tokenizer.
struct TextEncoder: Sendable {
    let tokenizer: BertTokenizer

    /// Takes a tokenizer for a model of this vocabulary.
    ///
    /// - Throws: `vocabularyMismatch` when the tokenizer could give ids that the model does not have.
    init(tokenizer: BertTokenizer, modelVocabularySize: Int) throws(PipelineError) {
        guard tokenizer.vocabulary.count <= modelVocabularySize else {
            throw .vocabularyMismatch(tokenizer: tokenizer.vocabulary.count, model: modelVocabularySize)
        }
        self.tokenizer = tokenizer
    }

    /// Reads the tokenizer of a folder.
    static func tokenizer(directory: String) throws(PipelineError) -> BertTokenizer {
        do {
            return try BertTokenizer(directory: directory)
        } catch {
            throw .tokenizer(error)
        }
    }

    var vocabularySize: Int { tokenizer.vocabulary.count }
    var maskId: Int32 { tokenizer.maskTokenId }
    var padId: Int32 { tokenizer.padTokenId }
    var unknownId: Int32 { tokenizer.unkTokenId }
    var maskToken: String { tokenizer.options.maskToken }

    func isSpecial(_ id: Int32) -> Bool { tokenizer.isSpecial(id) }

    /// Whether the entry is a word, or a part of one, that a reader could find in a text: neither a special token nor one
    /// of the places that BERT vocabularies keep free, `[unused1]`, `[unused2]`, …; false for ids without an entry.
    func isWord(_ id: Int) -> Bool {
        guard id < vocabularySize, !isSpecial(Int32(id)) else { return false }
        let token = token(id)
        guard token.hasPrefix("[unused"), token.hasSuffix("]") else { return true }
        let number = token.dropFirst("[unused".count).dropLast()
        return number.isEmpty || !number.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The id of the entry that is spelled exactly so.
    func id(of token: String) -> Int? { tokenizer.vocabulary.id(of: token).map(Int.init) }

    /// The entry with this id; empty for ids that only the model has.
    func token(_ id: Int) -> String { Int32(exactly: id).flatMap { tokenizer.vocabulary.token(of: $0) } ?? "" }

    /// The ids of a text without special tokens around it.
    func pieces(_ text: String) throws(PipelineError) -> [Int32] {
        do {
            return try tokenizer.encode(text, addSpecialTokens: false).ids
        } catch {
            throw .tokenizer(error)
        }
    }

    /// Ids as transformers decodes them; ids that only the model has are left out, as there.
    func decode(_ ids: [Int32], skipsSpecialTokens: Bool = false) throws(PipelineError) -> String {
        let known = ids.filter { $0 >= 0 && Int($0) < vocabularySize }
        do {
            return try tokenizer.decode(known, skipSpecialTokens: skipsSpecialTokens)
        } catch {
            throw .tokenizer(error)
        }
    }

    /// Encodes a text or a pair with its special tokens.
    ///
    /// - Parameters:
    ///   - maximumTokens: cuts longer texts, the longer of a pair first; nil never cuts.
    ///   - withOffsets: whether the ranges are needed; they cost another walk over the text.
    func encode(
        _ text: String, pair: String? = nil, maximumTokens: Int?, withOffsets: Bool = true
    ) throws(PipelineError) -> EncodedText {
        do {
            let encoding = try tokenizer.encode(
                text, pair: pair, truncation: maximumTokens == nil ? .doNotTruncate : .longestFirst,
                maxLength: maximumTokens)
            return EncodedText(
                text: text, ids: encoding.ids, utf8Ranges: withOffsets ? encoding.offsets(in: .utf8) : [],
                isAdded: withOffsets ? encoding.specialTokensMask.map { $0 == 1 } : [],
                tokenTypeIds: encoding.tokenTypeIds, truncatedTokenCount: encoding.cutTokenCount)
        } catch {
            throw .tokenizer(error)
        }
    }
}
