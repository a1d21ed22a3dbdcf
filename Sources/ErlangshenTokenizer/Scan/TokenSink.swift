/// Receives the tokens of a text in order.
protocol TokenSink: ~Copyable {
    /// Whether positions are wanted; a constant, so that the work for them disappears where they are not.
    static var recordsSpans: Bool { get }
    /// Tokens so far.
    var count: Int { get }
    /// Adds a token that comes from the bytes `start..<end` of the text and belongs to its `word`-th word.
    mutating func append(_ id: Int32, start: Int, end: Int, word: Int)
    /// Takes back all but the first `count` tokens.
    mutating func rewind(to count: Int)
}

/// Keeps ids alone, in memory that grows by doubling.
struct IdBuffer: TokenSink, ~Copyable {
    static var recordsSpans: Bool { false }
    private(set) var count = 0
    private var capacity: Int
    private var base: UnsafeMutablePointer<Int32>

    /// - Parameter byteCount: The length of the text; Chinese has a token to about three bytes.
    init(byteCount: Int) {
        capacity = byteCount / 3 + 64
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    @inline(__always)
    mutating func append(_ id: Int32, start: Int, end: Int, word: Int) {
        if count == capacity { grow() }
        base[count] = id
        count += 1
    }

    @inline(__always)
    mutating func rewind(to count: Int) { self.count = count }

    /// Adds `kept` ids to `ids`, the others being cut at `side`.
    func copy(_ kept: Int, cuttingAt side: Side, to ids: inout [Int32]) {
        let start = side == .right ? base : base + (count - kept)
        ids.append(contentsOf: UnsafeBufferPointer(start: start, count: kept))
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Int32>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
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
