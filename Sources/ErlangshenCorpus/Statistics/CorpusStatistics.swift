/// What is in a corpus.
public struct CorpusStatistics: Sendable {
    /// Shards.
    public private(set) var shards = 0
    /// Documents.
    public private(set) var documents = 0
    /// Sequences.
    public private(set) var sequences = 0
    /// Tokens.
    public private(set) var tokens = 0
    /// Those that are `[UNK]`; nil when nobody said which id that is.
    public private(set) var unknownTokens: Int?
    /// Words; nil without word boundaries.
    public private(set) var words: Int?
    /// Entry i counts the sequences of 2^i to 2^(i+1) − 1 tokens.
    public private(set) var sequenceLengths: [Int] = []
    /// The same for documents.
    public private(set) var documentLengths: [Int] = []
    /// The words that come most often, as ids, the most frequent first.
    public private(set) var topWords: [(ids: [Int32], count: Int)] = []
    /// What the counts of `topWords` may be too small by.
    public private(set) var topWordsError = 0

    private static let wordLimit = 1 << 20

    /// Counts all shards of a corpus.
    ///
    /// - Parameters:
    ///   - corpus: the corpus.
    ///   - unknownId: the id of `[UNK]`.
    ///   - topCount: words to list.
    /// - Throws: what opening and reading a shard throws.
    public init(_ corpus: ShardedCorpus, unknownId: Int32?, topCount: Int) throws(CorpusError) {
        var counts = LimitedCounts<[Int32]>(limit: Self.wordLimit)
        if unknownId != nil { unknownTokens = 0 }
        for shard in corpus.shardPrefixes.indices {
            let reader = try corpus.open(shard)
            shards += 1
            documents += reader.documentCount
            if reader.hasWords, words == nil { words = 0 }
            for document in 0..<reader.documentCount {
                var length = 0
                for sequence in try reader.sequences(of: document) {
                    length += try add(sequence, of: reader, unknownId, topCount > 0, &counts)
                }
                Self.count(length, in: &documentLengths)
            }
        }
        // Equal counts in the order of their ids, so that the list does not depend on the order of a dictionary.
        topWords = counts.counts.sorted { left, right in
            left.value != right.value ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
        }.prefix(topCount).map { ($0.key, $0.value) }
        topWordsError = counts.forgotten
    }

    private mutating func add(
        _ sequence: Int, of reader: MegatronReader, _ unknownId: Int32?, _ countsWords: Bool,
        _ counts: inout LimitedCounts<[Int32]>
    ) throws(CorpusError) -> Int {
        let ids = try reader.ids(of: sequence)
        sequences += 1
        tokens += ids.count
        Self.count(ids.count, in: &sequenceLengths)
        if let unknownId { unknownTokens = (unknownTokens ?? 0) + ids.count { $0 == unknownId } }
        guard let continues = try reader.continuesWord(of: sequence) else { return ids.count }
        var start = 0
        for end in 1..<ids.count + 1 where end == ids.count || !continues[end] {
            if countsWords { counts.add(Array(ids[start..<end])) }
            words = (words ?? 0) + 1
            start = end
        }
        return ids.count
    }

    private static func count(_ length: Int, in histogram: inout [Int]) {
        guard length > 0 else { return }
        let entry = Int.bitWidth - 1 - length.leadingZeroBitCount
        while histogram.count <= entry { histogram.append(0) }
        histogram[entry] += 1
    }
}
