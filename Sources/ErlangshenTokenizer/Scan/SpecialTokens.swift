/// Finds special tokens in a text, byte for byte, the longest first.
struct SpecialTokens: Sendable {
    /// The ids of all special tokens.
    let ids: Set<Int32>
    /// Which bytes a special token has in second place: most `[` of a text are told apart by this alone.
    private var secondBytes = [Bool](repeating: false, count: 257)
    /// A number for each byte that occurs in a special token, 0 for all others.
    private var byteClasses = [UInt8](repeating: 0, count: 256)
    /// The state after each (state, byte class); 0 where no token goes on. State 1 is the beginning.
    private var transitions: [UInt16] = []
    /// The token that ends in each state, or −1.
    private var endings: [Int32] = [-1, -1]
    private var classCount = 1

    /// The most bytes all special tokens may have together.
    static let maximumByteCount = 1 << 14

    /// - Throws: `missingSpecialTokens`, and `unsupportedSetting` for tokens that the table cannot hold.
    init(tokens: [String], vocabulary: Vocabulary) throws(TokenizerError) {
        let ids = try vocabulary.ids(of: tokens)
        self.ids = Set(ids)
        for token in tokens { try Self.check(token, source: vocabulary.source) }
        guard tokens.reduce(0, { $0 + $1.utf8.count }) <= Self.maximumByteCount else {
            throw .unsupportedSetting(
                source: vocabulary.source, key: "special tokens", value: "a list of \(tokens.count)",
                supported: "\(Self.maximumByteCount) bytes in all")
        }
        for byte in tokens.joined().utf8 where byteClasses[Int(byte)] == 0 {
            byteClasses[Int(byte)] = UInt8(classCount)
            classCount += 1
        }
        transitions = [UInt16](repeating: 0, count: 2 * classCount)
        for (token, id) in zip(tokens, ids) { insert(Array(token.utf8), id: id) }
    }

    private static func check(_ token: String, source: String) throws(TokenizerError) {
        // A mark in first place would be split from what it stands on before canonical ordering is done.
        guard let first = token.unicodeScalars.first?.value, first < UInt32(UnicodeFacts.flatCount),
            !UnicodeFacts.beginsWithMark(first)
        else {
            throw .unsupportedSetting(
                source: source, key: "special token", value: "\"\(token)\"",
                supported: "tokens that begin with a scalar below U+30000 that is no combining mark")
        }
    }

    private mutating func insert(_ token: [UInt8], id: Int32) {
        if token.count > 1 {
            secondBytes[Int(token[1])] = true
        } else {
            secondBytes = secondBytes.map { _ in true }
        }
        var state = 1
        for byte in token {
            let place = state * classCount + Int(byteClasses[Int(byte)])
            if transitions[place] == 0 {
                transitions[place] = UInt16(endings.count)
                transitions += repeatElement(0, count: classCount)
                endings.append(-1)
            }
            state = Int(transitions[place])
        }
        endings[state] = id
    }

    /// Whether a special token may stand at `position`, whose scalar is the first of one.
    @inline(__always)
    func isPossible(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        secondBytes[position + 1 < bytes.count ? Int(bytes[position + 1]) : 256]
    }

    /// The longest special token that stands at `position`, as its id and its length in bytes.
    func match(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (id: Int32, length: Int)? {
        var found: (id: Int32, length: Int)?
        var state = 1
        var place = position
        while place < bytes.count {
            state = Int(transitions[state * classCount + Int(byteClasses[Int(bytes[place])])])
            guard state != 0 else { break }
            place += 1
            if endings[state] >= 0 { found = (endings[state], place - position) }
        }
        return found
    }
}
