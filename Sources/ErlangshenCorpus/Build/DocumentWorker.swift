import ErlangshenSegmentation
import ErlangshenTokenizer

/// One record, read and cut: where its parts stand in the arrays of its chunk.
struct TokenizedDocument: Sendable {
    /// Sum of the record, for the place to go on from.
    let sum: UInt32
    /// Why there is no document.
    var fault: BadRecord?
    var textByteCount = 0
    var fingerprint: Fingerprint?
    /// Tokens and sequences of the chunk up to the end of this document.
    var tokenEnd = 0
    var sequenceEnd = 0
    var keyEnd = 0
    var unknownCount = 0
    var wordCount = 0
}

/// The documents of a chunk, in order.
struct TokenizedChunk: Sendable {
    let input: Int
    let packedCount: Int
    var documents: [TokenizedDocument] = []
    /// Ids in the bytes of the corpus.
    var ids: [UInt8] = []
    /// For each token 1 if it continues the word before it.
    var continues: [UInt8] = []
    /// Tokens of each sequence.
    var lengths: [Int32] = []
    /// Keys of near duplicates.
    var keys: [UInt64] = []

    init(_ chunk: RecordChunk) {
        input = chunk.input
        packedCount = chunk.packedCount
    }
}

/// Reads, cuts and tokenizes records; one for each thread.
final class DocumentWorker: PieceWorker {
    private let segmenter: WordSegmenter
    private let scanner: PieceScanner
    private let workspace = SegmentationWorkspace()
    private let reader: RecordText
    private let type: TokenType
    private let unknownId: Int32
    private let needsFingerprint: Bool
    private let needsKeys: Bool
    private var text: [UInt8] = []
    private var normalized: [UInt8] = []
    private var ends: [Int] = []

    init(_ tools: BuildTools) throws(CorpusError) {
        segmenter = tools.segmenter
        do { scanner = try PieceScanner(tools.tokenizer) } catch { throw .tokenizer(error) }
        reader = RecordText(tools.settings.reading)
        type = tools.type
        unknownId = tools.tokenizer.unkTokenId
        needsFingerprint = tools.settings.duplicates != .keep || tools.settings.heldOutShare > 0
        needsKeys = tools.settings.duplicates == .near
    }

    /// The documents of a chunk.
    func work(_ chunk: RecordChunk) -> TokenizedChunk {
        var result = TokenizedChunk(chunk)
        result.documents.reserveCapacity(chunk.records.count)
        result.ids.reserveCapacity(chunk.bytes.count * type.byteCount / 3)
        result.continues.reserveCapacity(chunk.bytes.count / 3)
        for record in chunk.records { add(record, of: chunk, to: &result) }
        return result
    }

    private func add(_ record: RecordSpan, of chunk: RecordChunk, to result: inout TokenizedChunk) {
        var document = TokenizedDocument(sum: SourcePosition.sum(of: record, in: chunk.bytes))
        var reason = record.fault
        if reason == nil {
            let read = chunk.bytes.withUnsafeBytes { bytes in
                Result { () throws(RecordText.Fault) in
                    try reader.read(
                        UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.end]), isJSON: chunk.isJSON,
                        into: &text)
                }
            }
            if case .failure(let fault) = read { reason = fault.reason }
        }
        if let reason {
            document.fault = BadRecord(path: chunk.path, line: record.line, reason: reason)
        } else {
            document.textByteCount = text.count
            fingerprint(&document, &result)
            tokenize(&document, &result)
        }
        document.tokenEnd = result.continues.count
        document.sequenceEnd = result.lengths.count
        document.keyEnd = result.keys.count
        result.documents.append(document)
    }

    private func fingerprint(_ document: inout TokenizedDocument, _ result: inout TokenizedChunk) {
        guard needsFingerprint else { return }
        TextNormalizer.normalize(text, into: &normalized)
        document.fingerprint = normalized.withUnsafeBytes { Fingerprint(normalized: $0) }
        if needsKeys { MinHash.appendKeys(of: normalized, to: &result.keys) }
    }

    private func tokenize(_ document: inout TokenizedDocument, _ result: inout TokenizedChunk) {
        text.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let end = text.firstNewline(from: start) ?? text.count
                let line = UnsafeBufferPointer(rebasing: text[start..<end])
                start = end + 1
                scanner.scan(line)
                guard scanner.count > 0 else { continue }
                ends.removeAll(keepingCapacity: true)
                segmenter.appendWordEnds(of: line, to: &ends, with: workspace)
                result.lengths.append(Int32(scanner.count))
                document.unknownCount += appendIds(to: &result.ids)
                document.wordCount += appendBoundaries(to: &result.continues)
            }
        }
    }

    /// Appends the ids of the line that was scanned; how many are unknown.
    private func appendIds(to bytes: inout [UInt8]) -> Int {
        let (count, ids, old) = (scanner.count, scanner.ids, bytes.count)
        bytes.append(contentsOf: repeatElement(0, count: count * type.byteCount))
        var unknownCount = 0
        bytes.withUnsafeMutableBytes { room in
            guard let base = room.baseAddress.map({ $0 + old }) else { return }
            for token in 0..<count {
                let id = ids[token]
                if id == unknownId { unknownCount &+= 1 }
                if type == .uint16 {
                    base.storeBytes(
                        of: UInt16(truncatingIfNeeded: id).littleEndian, toByteOffset: 2 &* token, as: UInt16.self)
                } else {
                    base.storeBytes(of: id.littleEndian, toByteOffset: 4 &* token, as: Int32.self)
                }
            }
        }
        return unknownCount
    }

    /// Appends for each token of the line whether it continues the word before it; how many words there are.
    ///
    /// It does when it begins in the same word of jieba as the token before it, or belongs to the same word of the
    /// tokenizer, which makes it a `##` piece.
    private func appendBoundaries(to bits: inout [UInt8]) -> Int {
        let (count, starts, words, old) = (scanner.count, scanner.starts, scanner.words, bits.count)
        bits.append(contentsOf: repeatElement(0, count: count))
        var wordCount = count
        ends.withUnsafeBufferPointer { ends in
            bits.withUnsafeMutableBufferPointer { bits in
                var (word, last, lastPiece) = (0, -1, -1)
                for token in 0..<count {
                    let start = starts[token]
                    while word < ends.count - 1, ends[word] <= start { word &+= 1 }
                    // Marks that canonical ordering moved may come from before the token that precedes them.
                    while word > 0, ends[word &- 1] > start { word &-= 1 }
                    if token > 0, word == last || words[token] == lastPiece {
                        bits[old &+ token] = 1
                        wordCount &-= 1
                    }
                    (last, lastPiece) = (word, words[token])
                }
            }
        }
        return wordCount
    }
}
