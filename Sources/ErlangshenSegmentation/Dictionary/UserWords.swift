#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Words of a user, which come before those of the dictionary: a small trie of their own.
struct UserWords: Sendable {
    /// The child of a node by a symbol: node << 16 | symbol → node. The root is 0.
    private var children: [UInt64: Int] = [:]
    /// What the user said of each node; nil for what merely begins a word.
    private var frequencies: [Int?] = [nil]
    private var logarithms: [Double] = [0]
    private var mustSplit: [Bool] = [false]
    private var logTotal: Double
    /// Of all words, the dictionary's included.
    private(set) var total: Int
    private(set) var maximumWordLength = 0
    /// Words that no block can hold, and what begins them, by their UTF-8: they count, but are never found.
    private(set) var others: [[UInt8]: Int]

    init(total: Int, others: [[UInt8]: Int]) {
        self.total = total
        self.others = others
        logTotal = log(Double(total))
    }

    /// Adds a word of at least one scalar.
    mutating func add(_ word: String, frequency: Int) {
        total = total &+ frequency
        logTotal = log(Double(total))
        var node = 0
        var length = 0
        var prefix: [UInt8] = []
        var isInBlocks = true
        for scalar in word.unicodeScalars {
            prefix += UTF8.encode(scalar).map(Array.init) ?? []
            if isInBlocks, let symbol = Symbol.of(scalar.value) {
                node = child(of: node, symbol)
            } else {
                isInBlocks = false
                if others[prefix] == nil { others[prefix] = 0 }
            }
            length += 1
        }
        guard isInBlocks else {
            others[prefix] = frequency
            return
        }
        maximumWordLength = max(maximumWordLength, length)
        frequencies[node] = frequency
        logarithms[node] = log(Double(max(1, frequency)))
        if frequency == 0 { mustSplit[node] = true }
    }

    private mutating func child(of node: Int, _ symbol: UInt16) -> Int {
        if let child = step(from: node, symbol) { return child }
        let new = frequencies.count
        children[UInt64(node) << 16 | UInt64(symbol)] = new
        frequencies.append(nil)
        logarithms.append(0)
        mustSplit.append(false)
        return new
    }

    /// The child of a node by a symbol.
    func step(from node: Int, _ symbol: UInt16) -> Int? { children[UInt64(node) << 16 | UInt64(symbol)] }

    /// What the user said of the word that ends at a node.
    func frequency(at node: Int) -> Int? { frequencies[node] }

    /// The logarithm of the probability of the word that ends at a node.
    func score(at node: Int) -> Double { logarithms[node] - logTotal }

    /// What the user said of a word; nil also for what merely begins one and is in the dictionary or not.
    func frequency(of symbols: [UInt16]) -> Int? {
        node(of: symbols).flatMap { frequencies[$0] }
    }

    /// Whether a word of the user begins with these.
    func hasPrefix(_ symbols: [UInt16]) -> Bool { node(of: symbols) != nil }

    /// Whether the user took this word out, so that the hidden Markov model may not make it either.
    func mustSplit(_ symbols: UnsafePointer<UInt16>, count: Int) -> Bool {
        var node = 0
        for place in 0..<count {
            guard let child = step(from: node, symbols[place]) else { return false }
            node = child
        }
        return mustSplit[node]
    }

    private func node(of symbols: [UInt16]) -> Int? {
        var node = 0
        for symbol in symbols {
            guard let child = step(from: node, symbol) else { return nil }
            node = child
        }
        return node
    }
}

/// Where a walk stands in both tries, the dictionary's and the user's.
struct WordPlace {
    private(set) var slot: Slot?
    private var node: Int?
    private var isAtStart = true

    static let start = WordPlace()

    /// Goes on by a symbol; false when no word goes on like that.
    mutating func advance(_ symbol: UInt16, _ code: UInt16, _ walk: SlotWalk, _ user: UserWords?) -> Bool {
        if isAtStart {
            isAtStart = false
            slot = walk.first(code)
            node = user?.step(from: 0, symbol)
        } else {
            slot = slot.flatMap { walk.child(of: $0, code) }
            if let from = node { node = user?.step(from: from, symbol) }
        }
        return slot != nil || node != nil
    }

    /// The logarithm of the probability of the word that ends here; nil when none does.
    func score(_ scores: UnsafePointer<Double>, _ user: UserWords?) -> Double? {
        if let node, let user, let frequency = user.frequency(at: node) {
            return frequency > 0 ? user.score(at: node) : nil
        }
        guard let slot, slot.weight != 0 else { return nil }
        return scores[slot.weight]
    }
}
