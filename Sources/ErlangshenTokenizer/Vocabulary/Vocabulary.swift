/// The tokens of a model, each with the id that is its place in the list.
public struct Vocabulary: Sendable {
    /// All tokens end to end, in UTF-8.
    let storage: [UInt8]
    /// Where each token begins in `storage`, and where the last one ends: count + 1 numbers.
    let starts: [Int32]
    /// What messages call this vocabulary: its path, or words for a list.
    let source: String
    private let index: TokenIndex

    /// The most tokens a vocabulary may have.
    public static let maximumCount = 1 << 22

    /// Makes a vocabulary of tokens in the order of their ids.
    ///
    /// - Throws: `malformedVocabulary` and `duplicateToken`, with the number of the token (from 1) as the line.
    public init(tokens: [String]) throws(TokenizerError) {
        var storage: [UInt8] = []
        var starts: [Int32] = [0]
        for token in tokens {
            storage.append(contentsOf: token.utf8)
            guard storage.count <= Int(Int32.max), starts.count <= Self.maximumCount else {
                throw .vocabularyTooLarge(
                    source: "the token list", found: tokens.count, limit: Self.maximumCount, unit: "tokens")
            }
            starts.append(Int32(storage.count))
        }
        try self.init(storage: storage, starts: starts, source: "the token list")
    }

    /// Takes tokens that are already end to end and finds the ones that cannot stand.
    init(storage: [UInt8], starts: [Int32], source: String) throws(TokenizerError) {
        let count = starts.count - 1
        guard count > 0 else { throw .notAVocabulary(source: source, found: "empty") }
        var index = TokenIndex(capacity: count)
        func bytes(_ id: Int) -> ArraySlice<UInt8> { storage[Int(starts[id])..<Int(starts[id + 1])] }
        for id in 0..<count {
            let token = bytes(id)
            guard !token.isEmpty else {
                throw .malformedVocabulary(source: source, line: id + 1, problem: "the line is blank")
            }
            guard !token.contains(0x0A), !token.contains(0x0D) else {
                throw .malformedVocabulary(source: source, line: id + 1, problem: "a line break inside a token")
            }
            if let first = index.find(token, bytes: bytes) {
                let text = String(decoding: token, as: UTF8.self)
                throw .duplicateToken(source: source, token: text, firstLine: first + 1, line: id + 1)
            }
            index.insert(id, key: token)
        }
        self.storage = storage
        self.starts = starts
        self.source = source
        self.index = index
    }

    /// The number of tokens.
    public var count: Int { starts.count - 1 }

    /// The id of the token that is spelled exactly so; nil if there is none.
    public func id(of token: String) -> Int32? {
        var token = token
        return token.withUTF8 { index.find($0, bytes: bytes(of:)) }.map(Int32.init)
    }

    /// The token with this id; nil if there is none.
    public func token(of id: Int32) -> String? {
        guard id >= 0, Int(id) < count else { return nil }
        return String(decoding: bytes(of: Int(id)), as: UTF8.self)
    }

    /// The bytes of the token with this id, which must exist.
    func bytes(of id: Int) -> ArraySlice<UInt8> { storage[Int(starts[id])..<Int(starts[id + 1])] }

    /// The ids of these tokens.
    ///
    /// - Throws: `missingSpecialTokens` with all that are not there.
    func ids(of tokens: [String]) throws(TokenizerError) -> [Int32] {
        let missing = tokens.filter { id(of: $0) == nil }
        guard missing.isEmpty else { throw .missingSpecialTokens(source: source, tokens: missing) }
        return tokens.compactMap { id(of: $0) }
    }
}
