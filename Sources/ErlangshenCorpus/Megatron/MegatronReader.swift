import ErlangshenCheckpoint

/// One shard of a corpus, mapped: `.bin` with tokens, `.idx` with sequences and documents, `.wwm` with words.
///
/// The first two are what Megatron-LM reads and writes; the third is this package's own, a bit a token that says
/// whether it continues the word before it, and may be missing. Opening walks over the index once and checks all of
/// it; nothing that stands in a file can trap.
public final class MegatronReader: Sendable {
    /// The path without `.bin`.
    public let prefix: String
    /// How wide the ids are.
    public let type: TokenType
    /// Sequences of all documents.
    public let sequenceCount: Int
    /// Documents.
    public let documentCount: Int
    /// Tokens of all sequences.
    public let tokenCount: Int
    /// Whether word boundaries are there.
    public var hasWords: Bool { words != nil }

    private let tokens: MappedFile
    private let index: MappedFile
    private let words: MappedFile?

    static let magic: [UInt8] = Array("MMIDIDX".utf8) + [0, 0]
    static let headerByteCount = 34
    /// Counts beyond this are refused before they are multiplied.
    static let maximumCount = 1 << 40

    /// Opens a shard.
    ///
    /// - Throws: `file` when one of the files is not there or no file, `damaged` for whatever is wrong inside.
    public init(prefix: String) throws(CorpusError) {
        self.prefix = prefix
        index = try Self.map(prefix + ".idx")
        tokens = try Self.map(prefix + ".bin")
        let header = try Self.header(of: index)
        (type, sequenceCount) = (header.type, header.sequences)
        documentCount = header.documents - 1
        tokenCount = tokens.bytes.count / header.type.byteCount
        words = MappedFile.exists(prefix + ".wwm") ? try Self.map(prefix + ".wwm") : nil
        try checkSequences()
        try checkDocuments()
        if let words { try checkSize(of: words) }
    }

    /// The number of tokens of a sequence.
    ///
    /// - Throws: `damaged` when there is no such sequence; `file` when the index has become shorter.
    public func length(of sequence: Int) throws(CorpusError) -> Int {
        try checkIndex(sequence)
        return length(sequence)
    }

    /// The sequences of a document.
    ///
    /// - Throws: `damaged` when there is no such document; `file` when the index has become shorter.
    public func sequences(of document: Int) throws(CorpusError) -> Range<Int> {
        guard (0..<documentCount).contains(document) else {
            throw .damaged(path: prefix + ".idx", .noSequence(index: document, count: documentCount))
        }
        try checkLength(index)
        return documentStart(document)..<documentStart(document + 1)
    }

    /// The ids of a sequence. `[S]`
    ///
    /// - Throws: `damaged` when there is no such sequence, or an id is beyond 31 bits; `file` when a file has shrunk.
    public func ids(of sequence: Int) throws(CorpusError) -> [Int32] {
        let range = try tokenRange(of: sequence)
        try checkLength(tokens)
        var ids: [Int32] = []
        ids.reserveCapacity(range.count)
        for position in range {
            guard let id = Int32(exactly: token(position)) else {
                throw .damaged(
                    path: prefix + ".bin", .id(position: position, value: token(position), limit: Int(Int32.max)))
            }
            ids.append(id)
        }
        return ids
    }

    /// For each token of a sequence whether it continues the word before it; nil without word boundaries. `[S]`
    ///
    /// - Throws: `damaged` when there is no such sequence; `file` when a file has shrunk.
    public func continuesWord(of sequence: Int) throws(CorpusError) -> [Bool]? {
        guard let words else { return nil }
        let range = try tokenRange(of: sequence)
        try checkLength(words)
        return range.map { words.bytes[$0 >> 3] >> UInt8($0 & 7) & 1 == 1 }
    }

    /// Where the tokens of a sequence stand among all of the shard.
    func tokenRange(of sequence: Int) throws(CorpusError) -> Range<Int> {
        try checkIndex(sequence)
        let start = pointer(sequence) / type.byteCount
        return start..<start + length(sequence)
    }

    private func checkIndex(_ sequence: Int) throws(CorpusError) {
        guard (0..<sequenceCount).contains(sequence) else {
            throw .damaged(path: prefix + ".idx", .noSequence(index: sequence, count: sequenceCount))
        }
        try checkLength(index)
    }

    private func checkLength(_ file: MappedFile) throws(CorpusError) {
        do { try file.checkLength() } catch { throw .file(error) }
    }

    private static func map(_ path: String) throws(CorpusError) -> MappedFile {
        do { return try MappedFile(path: path) } catch { throw .file(error) }
    }

    // MARK: Entries, which stand unaligned

    private func length(_ sequence: Int) -> Int {
        Int(Int32(littleEndian: load(Self.headerByteCount + 4 * sequence)))
    }

    private func pointer(_ sequence: Int) -> Int {
        Int(Int64(littleEndian: load(Self.headerByteCount + 4 * sequenceCount + 8 * sequence)))
    }

    private func documentStart(_ entry: Int) -> Int {
        Int(Int64(littleEndian: load(Self.headerByteCount + 12 * sequenceCount + 8 * entry)))
    }

    private func load<Value: BitwiseCopyable>(_ offset: Int) -> Value {
        index.bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    private func token(_ position: Int) -> Int {
        let bytes = tokens.bytes
        switch type {
        case .uint8: return Int(bytes[position])
        case .int8: return Int(Int8(bitPattern: bytes[position]))
        case .int16: return Int(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * position, as: Int16.self)))
        case .uint16:
            return Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * position, as: UInt16.self)))
        case .int32: return Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * position, as: Int32.self)))
        case .int64: return Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * position, as: Int64.self)))
        }
    }
}

extension MegatronReader {
    private static func header(
        of file: MappedFile
    ) throws(CorpusError) -> (type: TokenType, sequences: Int, documents: Int) {
        let bytes = file.bytes
        func fail(_ fault: MegatronFault) -> CorpusError { .damaged(path: file.path, fault) }
        guard bytes.count >= headerByteCount, bytes.starts(with: magic) else { throw fail(.notAnIndex) }
        func number(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard number(9) == 1 else { throw fail(.version(number(9))) }
        guard let type = TokenType(rawValue: bytes[17]) else { throw fail(.elementType(code: bytes[17])) }
        guard let sequences = Int(exactly: number(18)), sequences < maximumCount else {
            throw fail(.count(name: "sequences", value: number(18)))
        }
        guard let documents = Int(exactly: number(26)), (1..<maximumCount).contains(documents) else {
            throw fail(.count(name: "document entries", value: number(26)))
        }
        let expected = headerByteCount + 12 * sequences + 8 * documents
        // A multimodal corpus has a byte more for each sequence, which says nothing about text.
        guard bytes.count == expected || bytes.count == expected + sequences else {
            throw fail(.size(expected: expected, found: bytes.count))
        }
        return (type, sequences, documents)
    }

    /// Lengths are none below 0, and pointers their sums up to the end of the tokens.
    private func checkSequences() throws(CorpusError) {
        var next = 0
        for sequence in 0..<sequenceCount {
            let (count, start) = (length(sequence), pointer(sequence))
            guard count >= 0 else {
                throw .damaged(path: prefix + ".idx", .length(sequence: sequence, value: count))
            }
            guard start == next else {
                throw .damaged(path: prefix + ".idx", .pointer(sequence: sequence, expected: next, found: start))
            }
            next += count * type.byteCount
            // Seen at once, so that the sum cannot overflow however many sequences claim to be long.
            guard next <= tokens.bytes.count else { break }
        }
        guard next == tokens.bytes.count else {
            throw .damaged(path: prefix + ".bin", .size(expected: next, found: tokens.bytes.count))
        }
    }

    private func checkDocuments() throws(CorpusError) {
        var last = 0
        for entry in 0...documentCount {
            let start = documentStart(entry)
            let rises = entry == 0 ? start == 0 : start >= last
            guard rises, start <= sequenceCount, entry < documentCount || start == sequenceCount else {
                throw .damaged(path: prefix + ".idx", .document(index: entry, value: start))
            }
            last = start
        }
    }

    private func checkSize(of words: MappedFile) throws(CorpusError) {
        let expected = (tokenCount + 7) / 8
        guard words.bytes.count == expected else {
            throw .damaged(path: prefix + ".wwm", .size(expected: expected, found: words.bytes.count))
        }
        if tokenCount & 7 != 0, let last = words.bytes.last, last >> UInt8(tokenCount & 7) != 0 {
            throw .damaged(path: prefix + ".wwm", .unusedBits)
        }
    }

    /// Reads every token: ids below `vocabularySize`, and no word that goes on from one sequence into the next.
    ///
    /// - Throws: `damaged` with the first that is wrong; `file` when a file has shrunk.
    public func verifyTokens(vocabularySize: Int) throws(CorpusError) {
        for sequence in 0..<sequenceCount {
            let range = try tokenRange(of: sequence)
            try checkLength(tokens)
            for position in range where !(0..<vocabularySize).contains(token(position)) {
                throw .damaged(
                    path: prefix + ".bin",
                    .id(position: position, value: token(position), limit: vocabularySize))
            }
            if try continuesWord(of: sequence)?.first == true {
                throw .damaged(path: prefix + ".wwm", .boundary(sequence: sequence))
            }
        }
    }
}
