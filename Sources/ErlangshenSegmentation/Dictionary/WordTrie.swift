/// The trie of a dictionary while it is being read: what `DoubleArray` is laid out from.
struct WordTrie {
    static let root = 0
    /// For each node its parent, the symbol that leads to it, and how often its word occurs. The root is node 0.
    private(set) var parents: [Int32] = [0]
    private(set) var symbols: [UInt16] = [0]
    private(set) var frequencies: [Int] = [0]
    private(set) var total = 0
    private(set) var maximumWordLength = 1
    /// Words that no block can hold, as lines of a dictionary.
    private(set) var otherLines: [UInt8] = []
    /// An open-addressed table of nodes; 0 is free. Its size is a power of two.
    private var table = [Int32](repeating: 0, count: 1 << 12)

    /// Adds a word, or gives it another frequency; the total counts both.
    mutating func insert(_ entry: DictionaryReader.Entry) throws(DictionaryFault) {
        let (sum, overflows) = total.addingReportingOverflow(entry.frequency)
        guard !overflows, sum < 1 << 53 else { throw .invalidFrequency }
        total = sum
        guard entry.word.count <= DictionaryReader.maximumWordLength else {
            throw .wordTooLong(limit: DictionaryReader.maximumWordLength)
        }
        guard let (node, length) = path(entry.word) else {
            otherLines += entry.word + [0x20] + "\(entry.frequency)\n".utf8
            return
        }
        frequencies[node] = entry.frequency
        maximumWordLength = max(maximumWordLength, length)
    }

    /// The node of a word, made if need be, and its length; nil when no block can hold the word.
    private mutating func path(_ word: ArraySlice<UInt8>) -> (node: Int, length: Int)? {
        var node = WordTrie.root
        var length = 0
        var place = word.startIndex
        while place < word.endIndex {
            let symbol: UInt16
            if Symbol.isBlockByte(word[place]) {
                symbol = UInt16(word[place])
            } else if place + 2 < word.endIndex,
                let ideograph = Symbol.ideograph(word[place], word[place + 1], word[place + 2])
            {
                symbol = ideograph
            } else {
                return nil
            }
            place += Symbol.byteCount(symbol)
            node = child(of: node, symbol)
            length += 1
        }
        return (node, length)
    }

    private mutating func child(of node: Int, _ symbol: UInt16) -> Int {
        var place = slot(node, symbol)
        while table[place] != 0 {
            let found = Int(table[place])
            if parents[found] == Int32(node), symbols[found] == symbol { return found }
            place = (place + 1) & (table.count - 1)
        }
        let new = parents.count
        table[place] = Int32(new)
        parents.append(Int32(node))
        symbols.append(symbol)
        frequencies.append(0)
        if parents.count * 2 > table.count { enlarge() }
        return new
    }

    private mutating func enlarge() {
        table = [Int32](repeating: 0, count: table.count * 2)
        for node in 1..<parents.count {
            var place = slot(Int(parents[node]), symbols[node])
            while table[place] != 0 { place = (place + 1) & (table.count - 1) }
            table[place] = Int32(node)
        }
    }

    private func slot(_ node: Int, _ symbol: UInt16) -> Int {
        let key = UInt64(node) << 16 | UInt64(symbol)
        return Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (table.count - 1)
    }
}
