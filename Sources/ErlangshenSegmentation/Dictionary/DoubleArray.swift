/// Lays a trie out as a double array: each node's children side by side, in the gaps that others left.
///
/// Symbols get their codes by how many nodes they lead to: those that occur most stand closest to the base, on few
/// lines of the cache.
struct DoubleArray {
    /// The code of each symbol.
    private(set) var codes = [UInt16](repeating: Slot.unknownCode, count: Symbol.count)
    /// The distinct frequencies; the first is 0.
    private(set) var frequencies: [Int] = [0]
    private(set) var slots: [UInt64] = []

    /// Free places that are tried before the search begins behind them the next time.
    private static let trialLimit = 512
    private let trie: WordTrie
    private var bases: [Int]
    /// Places of nodes, and the reverse: node + 1, 0 where free.
    private var nodeAt: [Int32] = []
    private var nextFree: [Int32] = []
    private var previousFree: [Int32] = []
    private var usedBases: Set<Int> = []
    /// How many children the last family had, and the free place where its search begins; 0 is the end.
    private var searchedSize = 0
    private var searchStart = 0

    /// - Throws: the reason when there are too many nodes or frequencies for a slot.
    init(_ trie: WordTrie, path: String) throws(SegmentationError) {
        self.trie = trie
        bases = [Int](repeating: Slot.childless, count: trie.parents.count)
        numberSymbols()
        let (children, starts) = sortedChildren()
        append(1)
        for node in nodesWithChildren(starts) {
            place(children[Int(starts[node])..<Int(starts[node + 1])], of: node)
        }
        let places = (nodeAt.lastIndex { $0 > 1 } ?? 0) + 1
        guard places <= Slot.largestBase else { throw .unusable(path: path, reason: "it has too many words") }
        let weights = try numberFrequencies(path)
        slots = (0..<places).map { place in
            let node = Int(nodeAt[place]) - 1
            guard node > 0 else { return 0 }
            return Slot(base: bases[node], code: codes[Int(trie.symbols[node])], weight: weights[node]).bits
        }
    }

    private mutating func numberSymbols() {
        var counts = [Int](repeating: 0, count: Symbol.count)
        for node in 1..<max(1, trie.symbols.count) { counts[Int(trie.symbols[node])] += 1 }
        let present = counts.indices.filter { counts[$0] > 0 }
        let order = present.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
        for (rank, symbol) in order.enumerated() { codes[symbol] = UInt16(rank + 1) }
    }

    /// Nodes by parent, and by code among siblings; `starts[p]` is the first child of p.
    private func sortedChildren() -> (children: [Int32], starts: [Int32]) {
        let count = trie.parents.count
        var starts = [Int32](repeating: 0, count: count + 1)
        for node in 1..<max(1, count) { starts[Int(trie.parents[node]) + 1] += 1 }
        for parent in 0..<count { starts[parent + 1] += starts[parent] }
        var byCode = Array(Int32(1)..<Int32(max(1, count)))
        byCode.sort { codes[Int(trie.symbols[Int($0)])] < codes[Int(trie.symbols[Int($1)])] }
        var next = starts
        var children = [Int32](repeating: 0, count: byCode.count)
        for node in byCode {
            let parent = Int(trie.parents[Int(node)])
            children[Int(next[parent])] = node
            next[parent] += 1
        }
        return (children, starts)
    }

    /// The root, then those with most children: large families need large gaps.
    private func nodesWithChildren(_ starts: [Int32]) -> [Int] {
        let nodes = (1..<max(1, trie.parents.count)).filter { starts[$0 + 1] > starts[$0] }
        let sorted = nodes.sorted { first, second in
            let sizes = (starts[first + 1] - starts[first], starts[second + 1] - starts[second])
            return sizes.0 != sizes.1 ? sizes.0 > sizes.1 : first < second
        }
        return (starts.count > 1 && starts[1] > 0 ? [WordTrie.root] : []) + sorted
    }

    private mutating func place(_ children: ArraySlice<Int32>, of node: Int) {
        let codes = children.map { Int(self.codes[Int(trie.symbols[Int($0)])]) }
        let base = node == WordTrie.root ? 0 : base(for: codes)
        usedBases.insert(base)
        bases[node] = base
        append(base + codes[codes.count - 1] + 1)
        for (child, code) in zip(children, codes) { occupy(base + code, by: Int(child)) }
    }

    /// The first base that no node has and from which all codes lead to free places.
    ///
    /// Gaps where many families of one size found no room are left to smaller families: the search begins behind them.
    private mutating func base(for codes: [Int]) -> Int {
        if codes.count != searchedSize { (searchedSize, searchStart) = (codes.count, Int(nextFree[0])) }
        var trials = 0
        var free = searchStart
        while free != 0 {
            let base = free - codes[0]
            let fits = codes.allSatisfy { base + $0 >= nodeAt.count || nodeAt[base + $0] == 0 }
            if fits, !usedBases.contains(base) { return base }
            free = Int(nextFree[free])
            trials += 1
            if trials > DoubleArray.trialLimit { searchStart = free }
        }
        var base = nodeAt.count - codes[0]
        while usedBases.contains(base) { base += 1 }
        return base
    }

    /// Makes the array at least so long; place 0 is nobody's and heads the ring of free places.
    private mutating func append(_ count: Int) {
        if nodeAt.isEmpty {
            nodeAt.append(1)
            nextFree.append(0)
            previousFree.append(0)
        }
        while nodeAt.count < count {
            let new = Int32(nodeAt.count)
            let last = previousFree[0]
            nodeAt.append(0)
            nextFree.append(0)
            previousFree.append(last)
            nextFree[Int(last)] = new
            previousFree[0] = new
        }
    }

    private mutating func occupy(_ place: Int, by node: Int) {
        nodeAt[place] = Int32(node + 1)
        let (before, after) = (previousFree[place], nextFree[place])
        if place == searchStart { searchStart = Int(after) }
        nextFree[Int(before)] = after
        previousFree[Int(after)] = before
    }

    /// For each node the place of its frequency in the table.
    private mutating func numberFrequencies(_ path: String) throws(SegmentationError) -> [Int] {
        frequencies = Set(trie.frequencies).union([0]).sorted()
        guard frequencies.count <= Slot.maximumWeight else {
            throw .unusable(path: path, reason: "it has too many different frequencies")
        }
        var places: [Int: Int] = [:]
        for (place, frequency) in frequencies.enumerated() { places[frequency] = place }
        return trie.frequencies.map { places[$0] ?? 0 }
    }
}
