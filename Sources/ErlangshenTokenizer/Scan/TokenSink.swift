/// Receives the tokens of a text in order.
protocol TokenSink: ~Copyable {
    /// Whether positions are wanted; a constant, so that the work for them disappears where they are not.
    static var recordsSpans: Bool { get }
    /// Whether words are wanted as their scalars, unspelled; a constant too.
    static var takesWords: Bool { get }
    /// Tokens so far.
    var count: Int { get }
    /// Adds a token that comes from the bytes `start..<end` of the text and belongs to its `word`-th word.
    mutating func append(_ id: Int32, start: Int, end: Int, word: Int)
    /// Takes back all but the first `count` tokens.
    mutating func rewind(to count: Int)
    /// Takes the scalars of a word instead of its pieces, nil for a word of too many; only where `takesWords` says so.
    mutating func take(word scalars: UnsafeBufferPointer<UInt32>?)
}

extension TokenSink where Self: ~Copyable {
    static var takesWords: Bool { false }
    mutating func take(word scalars: UnsafeBufferPointer<UInt32>?) {}
}

/// Writes ids alone, into memory that is there already.
struct IdWriter: TokenSink, ~Copyable {
    static var recordsSpans: Bool { false }
    private let buffer: UnsafeMutableBufferPointer<Int32>
    private(set) var count = 0

    /// - Parameter buffer: Room for an id a byte: no text has more tokens than bytes, which
    ///   `tools/make_unicode_tables.py` checks for each scalar.
    init(_ buffer: UnsafeMutableBufferPointer<Int32>) { self.buffer = buffer }

    @inline(__always)
    mutating func append(_ id: Int32, start: Int, end: Int, word: Int) {
        precondition(count < buffer.count, "more tokens than bytes")
        buffer.initializeElement(at: count, to: id)
        count += 1
    }

    /// Adds an id that comes from no text.
    mutating func append(_ id: Int32) { append(id, start: 0, end: 0, word: 0) }

    @inline(__always)
    mutating func rewind(to count: Int) { self.count = count }
}

/// Keeps where each token came from.
struct SpanRecorder: TokenSink {
    static var recordsSpans: Bool { true }
    /// UTF-8 range of each token.
    private(set) var spans: [Range<Int>] = []
    /// Number of the word that each token belongs to.
    private(set) var words: [Int] = []

    var count: Int { spans.count }

    mutating func append(_ id: Int32, start: Int, end: Int, word: Int) {
        spans.append(start..<end)
        words.append(word)
    }

    mutating func rewind(to count: Int) {
        spans.removeSubrange(count...)
        words.removeSubrange(count...)
    }
}
