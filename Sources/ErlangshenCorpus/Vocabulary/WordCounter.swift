import ErlangshenTokenizer

/// What the words of some text are, and how often each comes.
struct WordTally: Sendable {
    /// Ideographs and punctuation marks.
    var singles: [UInt32: Int] = [:]
    /// Words of other characters.
    var words: [[UInt32]: Int] = [:]
    /// Words of more than 100 characters.
    var overlongCount = 0
}

extension WordTally: WordSink {
    mutating func take(single scalar: UInt32) { singles[scalar, default: 0] += 1 }

    mutating func take(word scalars: UnsafeBufferPointer<UInt32>?) {
        guard let scalars else {
            overlongCount += 1
            return
        }
        words[Array(scalars), default: 0] += 1
    }
}

/// One chunk, counted.
struct CountedChunk: Sendable {
    var tally = WordTally()
    /// Texts that are held out.
    var heldOut: [[UInt8]] = []
    /// Bad records in their order.
    var faults: [BadRecord] = []
    var recordCount = 0
    var textByteCount = 0
    let packedCount: Int
}

/// Counts the words of chunks; one for each thread.
final class WordCounter: PieceWorker {
    private let scanner: WordScanner
    private let reader: RecordText
    private let heldOutShare: Double
    private var text: [UInt8] = []
    private var normalized: [UInt8] = []

    init(_ settings: VocabularySettings, scanner: WordScanner) {
        self.scanner = scanner
        reader = RecordText(settings.reading)
        heldOutShare = settings.heldOutShare
    }

    func work(_ chunk: RecordChunk) -> CountedChunk {
        var result = CountedChunk(packedCount: chunk.packedCount)
        result.recordCount = chunk.records.count
        for record in chunk.records {
            if let reason = record.fault ?? read(record, of: chunk) {
                result.faults.append(BadRecord(path: chunk.path, line: record.line, reason: reason))
                continue
            }
            result.textByteCount += text.count
            if isHeldOut() {
                result.heldOut.append(text)
            } else {
                text.withUnsafeBufferPointer { scanner.scan($0, into: &result.tally) }
            }
        }
        return result
    }

    /// Reads a record into `text`; says why when that is not possible.
    private func read(_ record: RecordSpan, of chunk: RecordChunk) -> String? {
        chunk.bytes.withUnsafeBytes { bytes in
            do throws(RecordText.Fault) {
                try reader.read(
                    UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.end]), isJSON: chunk.isJSON,
                    into: &text)
                return nil
            } catch {
                return error.reason
            }
        }
    }

    private func isHeldOut() -> Bool {
        guard heldOutShare > 0 else { return false }
        TextNormalizer.normalize(text, into: &normalized)
        return normalized.withUnsafeBytes { Fingerprint(normalized: $0) }.isHeldOut(share: heldOutShare)
    }
}
