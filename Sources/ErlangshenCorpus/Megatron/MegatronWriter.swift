import CErlangshenChecksum
import ErlangshenCheckpoint

/// Writes one shard, whose files appear under their names when it is whole.
///
/// *Memory:* four bytes a sequence, eight a document, a bit a token, and the files' buffers.
final class MegatronWriter {
    let prefix: String
    private let type: TokenType
    private let tokens: SummedFile
    private var lengths: [Int32] = []
    private var documents: [Int64] = [0]
    private var words: [UInt8] = []
    private(set) var tokenCount = 0

    var documentCount: Int { documents.count - 1 }
    var sequenceCount: Int { lengths.count }

    /// Starts a shard.
    ///
    /// - Throws: `file` when the tokens cannot be written there.
    init(prefix: String, type: TokenType) throws(CorpusError) {
        self.prefix = prefix
        self.type = type
        tokens = try SummedFile(path: prefix + ".bin")
    }

    /// Appends a document.
    ///
    /// - Parameters:
    ///   - ids: its tokens in the bytes of `type`, all sequences end to end.
    ///   - lengths: tokens of each sequence.
    ///   - continues: for each token 1 if it continues the word before it, else 0.
    /// - Throws: `file` when the disk refuses.
    func append(
        ids: UnsafeRawBufferPointer, lengths: ArraySlice<Int32>, continues: UnsafeBufferPointer<UInt8>
    ) throws(CorpusError) {
        try tokens.write(ids)
        self.lengths.append(contentsOf: lengths)
        documents.append(Int64(self.lengths.count))
        appendBits(continues)
        tokenCount += continues.count
    }

    private func appendBits(_ bits: UnsafeBufferPointer<UInt8>) {
        let end = (tokenCount + bits.count + 7) / 8
        words.append(contentsOf: repeatElement(0, count: end - words.count))
        var place = tokenCount
        words.withUnsafeMutableBufferPointer { words in
            for bit in bits {
                words[place >> 3] |= bit << UInt8(place & 7)
                place &+= 1
            }
        }
    }

    /// Puts all three files in their places.
    ///
    /// - Throws: `file` when the disk refuses.
    func commit() throws(CorpusError) -> [ShardFile] {
        let index = try SummedFile(path: prefix + ".idx")
        try index.write(indexBytes())
        let bits = try SummedFile(path: prefix + ".wwm")
        try bits.write(words)
        return [try tokens.commit(), try index.commit(), try bits.commit()]
    }

    private func indexBytes() -> [UInt8] {
        var bytes = MegatronReader.magic
        bytes.reserveCapacity(MegatronReader.headerByteCount + 12 * lengths.count + 8 * documents.count)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt64(1))
        bytes.append(type.rawValue)
        append(UInt64(lengths.count))
        append(UInt64(documents.count))
        for length in lengths { append(length) }
        var pointer: Int64 = 0
        for length in lengths {
            append(pointer)
            pointer += Int64(length) * Int64(type.byteCount)
        }
        for document in documents { append(document) }
        return bytes
    }
}

/// A file of a shard with the sum of its bytes.
public struct ShardFile: Sendable, Equatable {
    /// Name without the folder.
    public let name: String
    /// Bytes.
    public let byteCount: Int
    /// SHA-256 in hexadecimal digits.
    public let sum: String
}

/// An atomic file whose SHA-256 is taken as it is written.
final class SummedFile {
    private let file: AtomicFile
    private var hash = esh_sha256()

    init(path: String) throws(CorpusError) {
        do { file = try AtomicFile(path: path) } catch { throw .file(error) }
        esh_sha256_begin(&hash)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(CorpusError) {
        esh_sha256_add(&hash, bytes.baseAddress, bytes.count)
        do { try file.write(bytes) } catch { throw .file(error) }
    }

    func write(_ bytes: [UInt8]) throws(CorpusError) {
        let result: Result<Void, CorpusError> = bytes.withUnsafeBytes { raw in
            Result { () throws(CorpusError) in try write(raw) }
        }
        try result.get()
    }

    func commit() throws(CorpusError) -> ShardFile {
        do { try file.commit() } catch { throw .file(error) }
        return ShardFile(name: FileName.last(of: file.path), byteCount: file.count, sum: Digest.end(&hash))
    }
}
