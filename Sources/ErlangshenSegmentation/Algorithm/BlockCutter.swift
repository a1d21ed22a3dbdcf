/// Cuts one block at a time: the best route through the words of the dictionary, then the hidden Markov model for the
/// runs of single symbols that it leaves.
///
/// It lives as long as one call: its pointers are those of arrays and of a workspace that the caller holds.
struct BlockCutter {
    let walk: SlotWalk
    /// log(frequency) - log(total) for each place in the table of frequencies; the first is that of no word.
    let scores: UnsafePointer<Double>
    let codeOfSymbol: UnsafePointer<UInt16>
    let chain: MarkovChain
    let maximumWordLength: Int
    /// nil unless the user has words of their own.
    let user: UserWords?
    let usesChain: Bool
    /// Symbols of the block, then codes, then what the route needs; all as in `SegmentationWorkspace`.
    var symbols: UnsafePointer<UInt16>
    var codes: UnsafePointer<UInt16>
    var route: UnsafeMutablePointer<Double>
    var lengths: UnsafeMutablePointer<UInt16>
    var states: UnsafeMutablePointer<UInt8>

    /// Takes the pointers of a workspace that has grown.
    mutating func use(_ workspace: SegmentationWorkspace) {
        symbols = UnsafePointer(workspace.symbols)
        codes = UnsafePointer(workspace.codes)
        route = workspace.scores
        lengths = workspace.lengths
        states = workspace.states
    }

    /// Appends the end of each word of the block of `count` symbols that begins at byte `start`.
    @inline(__always)
    func cut(count: Int, from start: Int, into ends: inout [Int]) {
        if let user { findRoute(count, user) } else { findRoute(count) }
        var writer = EndWriter(symbols: symbols, place: 0, byte: start)
        if usesChain { follow(count, &writer, &ends) } else { followWithoutChain(count, &writer, &ends) }
    }

    /// The best route, from the last symbol to the first; of two that are equally good, the one whose word is longer.
    ///
    /// Sums are those of jieba, in its order, so that its ties are ties here.
    @inline(__always)
    private func findRoute(_ count: Int) {
        route[count] = 0
        var place = count &- 1
        while place >= 0 {
            var best = -Double.infinity
            var length = 1
            if var slot = walk.first(codes[place]) {
                if slot.weight != 0 { best = scores[slot.weight] + route[place &+ 1] }
                var next = place &+ 1
                let limit = min(count, place &+ maximumWordLength)
                while next < limit, let child = walk.child(of: slot, codes[next]) {
                    slot = child
                    next &+= 1
                    guard slot.weight != 0 else { continue }
                    let score = scores[slot.weight] + route[next]
                    if score >= best { (best, length) = (score, next &- place) }
                }
            }
            if best == -Double.infinity { best = scores[0] + route[place &+ 1] }
            route[place] = best
            lengths[place] = UInt16(truncatingIfNeeded: length)
            place &-= 1
        }
    }

    /// The same when a user's words come before those of the dictionary.
    private func findRoute(_ count: Int, _ user: UserWords) {
        route[count] = 0
        for place in (0..<count).reversed() {
            var best = -Double.infinity
            var length = 1
            var pair = WordPlace.start
            var next = place
            let limit = min(count, place + max(maximumWordLength, user.maximumWordLength))
            while next < limit, pair.advance(symbols[next], codes[next], walk, user) {
                next += 1
                guard let score = pair.score(scores, user) else { continue }
                let sum = score + route[next]
                if sum >= best { (best, length) = (sum, next - place) }
            }
            if best == -Double.infinity { best = scores[0] + route[place + 1] }
            route[place] = best
            lengths[place] = UInt16(length)
        }
    }

    /// Whether the symbols `range` are a word of some frequency.
    private func isWord(_ range: Range<Int>) -> Bool {
        var pair = WordPlace.start
        for place in range {
            guard pair.advance(symbols[place], codes[place], walk, user) else { return false }
        }
        return pair.score(scores, user) != nil
    }

    @inline(__always)
    private func follow(_ count: Int, _ writer: inout EndWriter, _ ends: inout [Int]) {
        var place = 0
        while place < count {
            let length = Int(lengths[place])
            place &+= length
            if length == 1, place < count { continue }
            let singlesEnd = length == 1 ? place : place &- length
            if writer.place < singlesEnd { cutSingles(writer.place..<singlesEnd, &writer, &ends) }
            if length > 1 { writer.end(at: place, &ends) }
        }
    }

    /// A run of symbols that the route left alone.
    private func cutSingles(_ range: Range<Int>, _ writer: inout EndWriter, _ ends: inout [Int]) {
        if range.count == 1 { return writer.end(at: range.upperBound, &ends) }
        if isWord(range) { return writer.endEach(upTo: range.upperBound, &ends) }
        var start = range.lowerBound
        while start < range.upperBound {
            let isHan = Symbol.isIdeograph(symbols[start])
            var end = start + 1
            while end < range.upperBound, Symbol.isIdeograph(symbols[end]) == isHan { end += 1 }
            if isHan {
                cutByChain(start..<end, &writer, &ends)
            } else {
                cutPlain(start..<end, &writer, &ends)
            }
            start = end
        }
    }

    /// Ideographs in the words that the hidden Markov model sees.
    private func cutByChain(_ range: Range<Int>, _ writer: inout EndWriter, _ ends: inout [Int]) {
        chain.decode(symbols + range.lowerBound, count: range.count, into: states)
        for offset in 0..<range.count {
            let state = states[offset]
            guard state == MarkovChain.end || state == MarkovChain.single else { continue }
            let end = range.lowerBound + offset + 1
            if let user, user.mustSplit(symbols + writer.place, count: end - writer.place) {
                writer.endEach(upTo: end, &ends)
            } else {
                writer.end(at: end, &ends)
            }
        }
    }

    /// Letters and digits with what a number may have behind them, `.5` and `%`; what is between them stays together.
    private func cutPlain(_ range: Range<Int>, _ writer: inout EndWriter, _ ends: inout [Int]) {
        var place = range.lowerBound
        while place < range.upperBound {
            if Symbol.isAlphanumeric(symbols[place]) {
                while place < range.upperBound, Symbol.isAlphanumeric(symbols[place]) { place += 1 }
                if place + 1 < range.upperBound, symbols[place] == 0x2E, Symbol.isDigit(symbols[place + 1]) {
                    place += 2
                    while place < range.upperBound, Symbol.isDigit(symbols[place]) { place += 1 }
                }
                if place < range.upperBound, symbols[place] == 0x25 { place += 1 }
            } else {
                while place < range.upperBound, !Symbol.isAlphanumeric(symbols[place]) { place += 1 }
            }
            writer.end(at: place, &ends)
        }
    }

    /// The route as it is, but for single letters and digits in a row, which become one word.
    private func followWithoutChain(_ count: Int, _ writer: inout EndWriter, _ ends: inout [Int]) {
        var place = 0
        while place < count {
            let length = Int(lengths[place])
            if length == 1, Symbol.isAlphanumeric(symbols[place]) {
                place += 1
                continue
            }
            if writer.place < place { writer.end(at: place, &ends) }
            place += length
            writer.end(at: place, &ends)
        }
        if writer.place < count { writer.end(at: count, &ends) }
    }
}

/// Turns places in a block into bytes of the text.
struct EndWriter {
    let symbols: UnsafePointer<UInt16>
    /// The symbol after the last word, and the byte where it stands.
    private(set) var place: Int
    private(set) var byte: Int

    init(symbols: UnsafePointer<UInt16>, place: Int, byte: Int) {
        self.symbols = symbols
        self.place = place
        self.byte = byte
    }

    /// Ends a word before the symbol at `end`.
    @inline(__always)
    mutating func end(at end: Int, _ ends: inout [Int]) {
        while place < end {
            byte &+= Symbol.byteCount(symbols[place])
            place &+= 1
        }
        ends.append(byte)
    }

    /// Makes each symbol before `end` a word.
    mutating func endEach(upTo end: Int, _ ends: inout [Int]) {
        while place < end { self.end(at: place + 1, &ends) }
    }
}
