/// Which documents are told from copies of earlier ones.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// None: all are kept.
    case keep
    /// A text that is that of an earlier document, white space left aside, is left out.
    case exact
    /// A text that is nearly that of an earlier document is left out too.
    case near
}

/// Remembers the documents that were kept.
struct DuplicateFilter {
    /// What was found.
    enum Finding { case new, exact, near }

    private let policy: DuplicatePolicy
    private var texts: SeenTable
    private var keys: SeenTable
    /// Keys of the documents that were kept since the last shard: fingerprint, then the count of keys, then the keys.
    private(set) var journal: [UInt64] = []

    init(policy: DuplicatePolicy, maximumByteCount: Int) {
        self.policy = policy
        let share = policy == .near ? maximumByteCount / 5 : maximumByteCount
        texts = SeenTable(width: 2, maximumByteCount: share)
        keys = SeenTable(width: 1, maximumByteCount: maximumByteCount - share)
    }

    /// Judges a document, and remembers it if it is new.
    ///
    /// - Throws: `duplicatesTableFull`.
    mutating func judge(_ text: Fingerprint, keys found: ArraySlice<UInt64>) throws(CorpusError) -> Finding {
        guard policy != .keep else { return .new }
        let first = text.high == 0 ? 1 : text.high
        if texts.contains(first, text.low) { return .exact }
        if found.contains(where: { keys.contains($0) }) { return .near }
        try remember(first, text.low, found)
        journal += [first, text.low, UInt64(found.count)]
        journal += found
        return .new
    }

    private mutating func remember(_ first: UInt64, _ second: UInt64, _ found: ArraySlice<UInt64>) throws(CorpusError) {
        _ = try texts.insert(first, second)
        for key in found { _ = try keys.insert(key) }
    }

    /// Forgets what is written down for the next shard.
    mutating func clearJournal() { journal.removeAll(keepingCapacity: true) }

    /// Remembers the documents of a journal; false if it is none.
    ///
    /// - Throws: `duplicatesTableFull`.
    mutating func replay(_ journal: [UInt64]) throws(CorpusError) -> Bool {
        var place = 0
        while place < journal.count {
            guard journal.count - place >= 3, journal[place] != 0, journal[place + 2] <= UInt64(MinHash.keyCount),
                journal.count - place - 3 >= Int(journal[place + 2])
            else { return false }
            let end = place + 3 + Int(journal[place + 2])
            guard !journal[place + 3..<end].contains(0) else { return false }
            try remember(journal[place], journal[place + 1], journal[place + 3..<end])
            place = end
        }
        return true
    }
}
