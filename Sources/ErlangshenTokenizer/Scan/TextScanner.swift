/// Walks once over a text's bytes and hands out its tokens: cleaning, splitting and WordPiece in one pass.
///
/// No step of BERT's normalisation but canonical ordering looks beyond one scalar, so each scalar's fate stands in a
/// table. Words are gathered in a buffer of 100 scalars, the longest that can be spelled; longer ones are only counted.
struct TextScanner: ~Copyable {
    let bytes: UnsafeBufferPointer<UInt8>
    let tables: WordPieceTables
    private let base: UnsafePointer<UInt8>
    private let cells: UnsafePointer<UInt32>
    private let originals: UnsafePointer<UInt32>
    private let pieces: PieceTrie.View
    let specials: SpecialTokens
    private let word: UnsafeMutablePointer<UInt32>
    private let spans: UnsafeMutablePointer<(start: Int, end: Int)>
    private var wordCount = 0
    private var wordStart = 0
    private var wordEnd = 0
    private var wordIndex = 0
    /// Where the last special token ended: runs of marks do not reach back beyond it.
    private(set) var lastSpecialEnd = 0

    /// Tokens of valid UTF-8 `bytes` go to `sink`.
    static func scan<Sink: TokenSink & ~Copyable>(
        _ bytes: UnsafeBufferPointer<UInt8>, tables: WordPieceTables, into sink: inout Sink
    ) {
        guard let base = bytes.baseAddress else { return }
        tables.scalars.withAddresses { cells, originals in
            tables.pieces.withView { pieces in
                var scanner = TextScanner(
                    bytes: bytes, base: base, tables: tables, cells: cells, originals: originals, pieces: pieces)
                scanner.run(into: &sink)
            }
        }
    }

    private init(
        bytes: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>, tables: WordPieceTables,
        cells: UnsafePointer<UInt32>, originals: UnsafePointer<UInt32>, pieces: PieceTrie.View
    ) {
        self.bytes = bytes
        self.base = base
        self.tables = tables
        self.cells = cells
        self.originals = originals
        self.pieces = pieces
        specials = tables.specials
        word = .allocate(capacity: WordPieceTables.maximumWordLength)
        spans = .allocate(capacity: WordPieceTables.maximumWordLength)
    }

    deinit {
        word.deallocate()
        spans.deallocate()
    }

    private mutating func run<Sink: TokenSink & ~Copyable>(into sink: inout Sink) {
        var position = 0
        while position < bytes.count {
            let (scalar, next) = decode(at: position)
            var cell = cell(of: scalar)
            if cell.kind == ScalarCell.Kind.special, !specials.isPossible(bytes, at: position) {
                cell = original(cell)
            }
            switch cell.kind {
            case ScalarCell.Kind.token:
                endWord(into: &sink)
                emit(cell, start: position, end: next, into: &sink)
            case ScalarCell.Kind.word:
                push(cell.operand, start: position, end: next, for: &sink)
            case ScalarCell.Kind.space:
                endWord(into: &sink)
            case ScalarCell.Kind.removed, ScalarCell.Kind.mark:
                break
            default:
                position = takeRare(cell, scalar, start: position, end: next, into: &sink)
                continue
            }
            position = next
        }
        endWord(into: &sink)
    }

    /// The scalar whose first byte is at `position`, and where the next one begins.
    @inline(__always)
    func decode(at position: Int) -> (scalar: UInt32, next: Int) {
        let first = UInt32(base[position])
        if first & 0xF0 == 0xE0 {
            let scalar = (first & 0xF) << 12 | tail(position + 1) << 6 | tail(position + 2)
            return (scalar, position + 3)
        }
        if first < 0x80 { return (first, position + 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | tail(position + 1), position + 2) }
        let scalar = (first & 0x7) << 18 | tail(position + 1) << 12 | tail(position + 2) << 6 | tail(position + 3)
        return (scalar, position + 4)
    }

    @inline(__always)
    private func tail(_ position: Int) -> UInt32 { UInt32(base[position] & 0x3F) }

    @inline(__always)
    func cell(of scalar: UInt32) -> ScalarCell {
        guard scalar < UInt32(UnicodeFacts.flatCount) else {
            return ScalarTable.highCell(scalar, stripsAccents: tables.scalars.stripsAccents)
        }
        return ScalarCell(rawValue: cells[Int(scalar)])
    }

    /// The cell that a special token's first scalar has otherwise.
    @inline(__always)
    func original(_ cell: ScalarCell) -> ScalarCell { ScalarCell(rawValue: originals[Int(cell.operand)]) }

    /// Extends the current word.
    @inline(__always)
    mutating func push<Sink: TokenSink & ~Copyable>(_ scalar: UInt32, start: Int, end: Int, for sink: inout Sink) {
        if wordCount < WordPieceTables.maximumWordLength {
            word[wordCount] = scalar
            if Sink.recordsSpans { spans[wordCount] = (start, end) }
        }
        if Sink.recordsSpans {
            if wordCount == 0 { wordStart = start }
            wordEnd = end
        }
        wordCount += 1
    }

    /// Hands out a token that is a word of its own.
    @inline(__always)
    mutating func emit<Sink: TokenSink & ~Copyable>(
        _ cell: ScalarCell, start: Int, end: Int, into sink: inout Sink
    ) {
        sink.append(Int32(bitPattern: cell.operand), start: start, end: end, word: wordIndex)
        wordIndex += 1
    }

    @inline(__always)
    mutating func endWord<Sink: TokenSink & ~Copyable>(into sink: inout Sink) {
        if wordCount != 0 { spell(into: &sink) }
    }

    /// Notes that a special token was handed out up to `end`.
    mutating func passSpecial(end: Int) { lastSpecialEnd = end }

    /// Spells the gathered word with the longest piece at each place; one gap makes the whole word unknown.
    private mutating func spell<Sink: TokenSink & ~Copyable>(into sink: inout Sink) {
        if Sink.takesWords {
            let isWhole = wordCount <= WordPieceTables.maximumWordLength
            sink.take(word: isWhole ? UnsafeBufferPointer(start: word, count: wordCount) : nil)
            wordCount = 0
            return
        }
        let isSpelled = wordCount <= WordPieceTables.maximumWordLength && spellPieces(into: &sink)
        if !isSpelled { sink.append(tables.unkId, start: wordStart, end: wordEnd, word: wordIndex) }
        wordCount = 0
        wordIndex += 1
    }

    /// Mutating only so that it is not handed a copy of the whole scanner for each word.
    private mutating func spellPieces<Sink: TokenSink & ~Copyable>(into sink: inout Sink) -> Bool {
        let mark = sink.count
        var start = 0
        var node = PieceTrie.wordRoot
        while start < wordCount {
            let (id, end) = longestPiece(from: start, root: node)
            guard id >= 0 else {
                sink.rewind(to: mark)
                return false
            }
            if Sink.recordsSpans {
                sink.append(id, start: spans[start].start, end: spans[end - 1].end, word: wordIndex)
            } else {
                sink.append(id, start: 0, end: 0, word: 0)
            }
            start = end
            node = PieceTrie.continuationRoot
        }
        return true
    }

    /// The longest piece that begins at `start` of the word, with its end; −1 if there is none.
    @inline(__always)
    private mutating func longestPiece(from start: Int, root: UInt32) -> (id: Int32, end: Int) {
        var node = root
        var best: (id: Int32, end: Int) = (-1, start)
        var place = start
        while place < wordCount, let slot = pieces.step(from: node, word[place]) {
            node = slot.pointee.child
            place += 1
            if slot.pointee.id >= 0 { best = (slot.pointee.id, place) }
        }
        return best
    }
}
