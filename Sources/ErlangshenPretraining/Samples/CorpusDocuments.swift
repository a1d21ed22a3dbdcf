import ErlangshenCorpus
import ErlangshenMasking

/// Documents of a corpus on disk, all its shards one after the other; any part of them.
struct CorpusDocuments: TokenizedDocuments {
    private let shards: [MegatronReader]
    /// Documents up to each shard, it included.
    private let ends: [Int]
    private let range: Range<Int>

    /// Opens a corpus: `PREFIX`, or `PREFIX.heldout` for what its build held out.
    ///
    /// - Throws: `PretrainingError.corpus` when it is not there, damaged, made with another vocabulary or without words.
    init(prefix: String, vocabSize: Int) throws(PretrainingError) {
        var (shards, ends): ([MegatronReader], [Int]) = ([], [])
        do throws(CorpusError) {
            let corpus = try ShardedCorpus(prefix: prefix)
            if let made = corpus.manifest?.vocabularySize, made > vocabSize {
                throw .invalidSetting(
                    name: prefix, value: "a corpus of a vocabulary of \(made)",
                    expected: "one of the model's \(vocabSize) words or fewer")
            }
            for number in corpus.shardPrefixes.indices {
                let shard = try corpus.open(number)
                guard shard.hasWords || shard.tokenCount == 0 else {
                    throw .invalidSetting(
                        name: shard.prefix, value: "without word boundaries (.wwm)",
                        expected: "a corpus that `erlangshen corpus build` wrote")
                }
                shards.append(shard)
                ends.append((ends.last ?? 0) + shard.documentCount)
            }
        } catch {
            throw .corpus("\(error)")
        }
        (self.shards, self.ends, range) = (shards, ends, 0..<(ends.last ?? 0))
    }

    private init(_ whole: CorpusDocuments, _ range: Range<Int>) {
        (shards, ends, self.range) = (whole.shards, whole.ends, range)
    }

    /// The first part of the documents, and the rest: the share of them, at least one where there are two.
    func split(share: Double) -> (first: CorpusDocuments, rest: CorpusDocuments) {
        let wanted = share > 0 ? max(1, Int((Double(count) * share).rounded())) : 0
        let cut = range.upperBound - min(wanted, max(0, count - 1))
        return (CorpusDocuments(self, range.lowerBound..<cut), CorpusDocuments(self, cut..<range.upperBound))
    }

    var count: Int { range.count }

    /// Of a shard that has become shorter since it was opened: −1, which no plan of windows takes.
    func tokenCount(_ index: Int) -> Int {
        do throws(CorpusError) {
            let (shard, sequences) = try place(index)
            var count = 0
            for sequence in sequences { count += try shard.length(of: sequence) }
            return count
        } catch { return -1 }
    }

    func text(_ index: Int) throws(MaskingError) -> TokenizedText { try text(index, tokens: 0..<tokenCount(index)) }

    func text(_ index: Int, tokens: Range<Int>) throws(MaskingError) -> TokenizedText {
        var (ids, bits): ([Int32], [Bool]) = ([], [])
        do throws(CorpusError) {
            let (shard, sequences) = try place(index)
            var start = 0
            for sequence in sequences where start < tokens.upperBound {
                let end = start + (try shard.length(of: sequence))
                if end > tokens.lowerBound {
                    let part = max(tokens.lowerBound, start) - start..<min(tokens.upperBound, end) - start
                    ids += try shard.ids(of: sequence)[part]
                    bits += (try shard.continuesWord(of: sequence) ?? [])[part]
                }
                start = end
            }
        } catch {
            throw .unreadableDocument(index: index, reason: "\(error)")
        }
        return try TokenizedText(ids: ids, continuesWord: bits)
    }

    /// Where a document stands.
    private func place(_ index: Int) throws(CorpusError) -> (shard: MegatronReader, sequences: Range<Int>) {
        let document = range.lowerBound + index
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > document { high = middle } else { low = middle + 1 }
        }
        let shard = shards[low]
        return (shard, try shard.sequences(of: document - (low == 0 ? 0 : ends[low - 1])))
    }
}
