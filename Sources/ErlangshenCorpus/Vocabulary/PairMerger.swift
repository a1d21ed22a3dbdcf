/// Joins the pieces of words pair by pair, the most frequent pair first: byte-pair encoding over characters.
///
/// Pieces that do not begin a word carry `##`, so `ab` joins `a` and `##b`. Of pairs that are equally frequent the one
/// whose pieces came into being first is taken (left piece, then right): the result depends on the counts alone.
///
/// *Source:* R. Sennrich, B. Haddow, A. Birch 2016.
struct PairMerger {
    private struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    /// A pair with the count it had when it was put into the heap; an outdated count is seen when it is taken out.
    private struct Candidate {
        let count: Int
        let pair: Pair

        /// Whether this comes before `other`.
        func precedes(_ other: Candidate) -> Bool {
            if count != other.count { return count > other.count }
            return (pair.left, pair.right) < (other.pair.left, other.pair.right)
        }
    }

    /// The scalars of each piece, and whether it begins a word.
    private(set) var pieces: [(scalars: [UInt32], isBeginning: Bool)]
    private var words: [(pieces: [Int32], count: Int)] = []
    private var counts: [Pair: Int] = [:]
    private var places: [Pair: Set<Int32>] = [:]
    private var heap: [Candidate] = []
    private var identifiers: [Token: Int32] = [:]

    private struct Token: Hashable {
        let scalars: [UInt32]
        let isBeginning: Bool
    }

    /// - Parameters:
    ///   - alphabet: the characters that pieces are made of, in the order of their pieces.
    ///   - words: words of these characters with their counts; their order does not matter.
    init(alphabet: [(scalar: UInt32, isBeginning: Bool)], words: [[UInt32]: Int]) {
        pieces = alphabet.map { ([$0.scalar], $0.isBeginning) }
        for (index, piece) in pieces.enumerated() {
            identifiers[Token(scalars: piece.scalars, isBeginning: piece.isBeginning)] = Int32(index)
        }
        for (scalars, count) in words where scalars.count > 1 {
            let spelled = scalars.enumerated().compactMap { place, scalar in
                identifiers[Token(scalars: [scalar], isBeginning: place == 0)]
            }
            // A word with a character that is not in the vocabulary is unknown as a whole whatever is joined.
            guard spelled.count == scalars.count else { continue }
            self.words.append((spelled, count))
        }
        for word in self.words.indices { addPairs(of: word) }
        for (pair, count) in counts { push(Candidate(count: count, pair: pair)) }
    }

    /// Joins the most frequent pair; the new piece as a token's text, nil when none comes `minimumCount` times.
    mutating func next(minimumCount: Int) -> String? {
        while let best = pop() {
            let count = counts[best.pair] ?? 0
            guard count == best.count else { continue }
            guard count >= minimumCount else { return nil }
            if let text = join(best.pair) { return text }
        }
        return nil
    }

    /// The text of a token.
    static func text(_ scalars: [UInt32], isBeginning: Bool) -> String {
        var text = isBeginning ? "" : "##"
        for scalar in scalars { text.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return text
    }

    /// Joins a pair everywhere; nil when the piece was there already, made of another pair.
    private mutating func join(_ pair: Pair) -> String? {
        let (left, right) = (pieces[Int(pair.left)], pieces[Int(pair.right)])
        let token = Token(scalars: left.scalars + right.scalars, isBeginning: left.isBeginning)
        let known = identifiers[token]
        let joined = known ?? Int32(pieces.count)
        if known == nil {
            pieces.append((token.scalars, token.isBeginning))
            identifiers[token] = joined
        }
        var changed: Set<Pair> = []
        for word in places.removeValue(forKey: pair) ?? [] { replace(pair, by: joined, in: Int(word), &changed) }
        counts[pair] = nil
        for pair in changed {
            if let count = counts[pair] { push(Candidate(count: count, pair: pair)) }
        }
        return known == nil ? Self.text(token.scalars, isBeginning: token.isBeginning) : nil
    }

    private mutating func replace(_ pair: Pair, by joined: Int32, in word: Int, _ changed: inout Set<Pair>) {
        let (old, count) = words[word]
        for place in old.indices.dropLast() {
            let found = Pair(left: old[place], right: old[place + 1])
            changed.insert(found)
            counts[found, default: 0] -= count
            if counts[found] == 0 { counts[found] = nil }
        }
        var new: [Int32] = []
        var place = 0
        while place < old.count {
            if place + 1 < old.count, old[place] == pair.left, old[place + 1] == pair.right {
                new.append(joined)
                place += 2
            } else {
                new.append(old[place])
                place += 1
            }
        }
        words[word].pieces = new
        addPairs(of: word)
        for place in new.indices.dropLast() { changed.insert(Pair(left: new[place], right: new[place + 1])) }
    }

    private mutating func addPairs(of word: Int) {
        let (pieces, count) = words[word]
        for place in pieces.indices.dropLast() {
            let pair = Pair(left: pieces[place], right: pieces[place + 1])
            counts[pair, default: 0] += count
            places[pair, default: []].insert(Int32(word))
        }
    }

    // MARK: A binary heap, best on top

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var place = heap.count - 1
        while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func pop() -> Candidate? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return best }
        heap[0] = last
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { return best }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(heap[place]) else { return best }
            heap.swapAt(place, child)
            place = child
        }
    }
}
