/// Turns plain text into ids again and again, with where each token begins and to which word it belongs.
///
/// As `BertTokenizer` does, with two differences: special tokens are not recognised in a text, so that `[MASK]` in it is
/// three words and no id of a special token but `[UNK]` ever comes out; and the arrays are used again, so that a corpus
/// of any size needs the memory of its longest text. One scanner serves one thread.
package final class PieceScanner {
    private let tables: WordPieceTables
    private var buffer = PieceBuffer()

    /// A scanner with the vocabulary and the options of a tokenizer.
    ///
    /// - Throws: nothing that the tokenizer did not throw.
    package init(_ tokenizer: BertTokenizer) throws(TokenizerError) {
        tables = try WordPieceTables(
            vocabulary: tokenizer.vocabulary, options: tokenizer.options, findsSpecialTokens: false)
    }

    /// Tokens of the text that was scanned last.
    package var count: Int { buffer.count }
    /// Their ids. `[count]`
    package var ids: UnsafePointer<Int32> { UnsafePointer(buffer.ids) }
    /// Byte of the text at which each begins. `[count]`
    package var starts: UnsafePointer<Int> { UnsafePointer(buffer.starts) }
    /// Number of the word, as the tokenizer splits, that each belongs to. `[count]`
    package var words: UnsafePointer<Int> { UnsafePointer(buffer.words) }

    /// Reads a text, which must be valid UTF-8; what the scanner held before is gone.
    package func scan(_ text: UnsafeBufferPointer<UInt8>) {
        buffer.prepare(for: text.count)
        TextScanner.scan(text, tables: tables, into: &buffer)
    }
}

/// Ids, starts and words in memory that is used again.
struct PieceBuffer: TokenSink, ~Copyable {
    static var recordsSpans: Bool { true }
    private(set) var count = 0
    private var capacity = 1 << 12
    /// Room for `capacity` numbers each; freed with the buffer alone.
    private(set) var ids = UnsafeMutablePointer<Int32>.allocate(capacity: 1 << 12)
    private(set) var starts = UnsafeMutablePointer<Int>.allocate(capacity: 1 << 12)
    private(set) var words = UnsafeMutablePointer<Int>.allocate(capacity: 1 << 12)

    deinit { free() }

    private func free() {
        ids.deallocate()
        starts.deallocate()
        words.deallocate()
    }

    /// Empties the buffer and makes room for a token a byte: no text has more tokens than bytes.
    mutating func prepare(for byteCount: Int) {
        count = 0
        guard byteCount > capacity else { return }
        free()
        capacity = max(byteCount, 2 * capacity)
        ids = .allocate(capacity: capacity)
        starts = .allocate(capacity: capacity)
        words = .allocate(capacity: capacity)
    }

    @inline(__always)
    mutating func append(_ id: Int32, start: Int, end: Int, word: Int) {
        precondition(count < capacity, "more tokens than bytes")
        (ids + count).initialize(to: id)
        (starts + count).initialize(to: start)
        (words + count).initialize(to: word)
        count += 1
    }

    @inline(__always)
    mutating func rewind(to count: Int) { self.count = count }
}
