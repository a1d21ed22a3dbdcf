import ErlangshenTokenizer

/// Makes a BERT vocabulary of text.
///
/// Special tokens come first, then characters by frequency up to the coverage asked for, each with the form that it
/// occurs in (`a` beginning a word, `##a` inside one), then pieces of words by byte-pair merges until the size is
/// reached. Text is cleaned and split by the tokenizer's own tables.
///
/// *Memory:* `wordLimit` different words and what the merges need of them, and the text held out.
public struct VocabularyBuilder {
    private var settings: VocabularySettings
    private var singles: [UInt32: Int] = [:]
    private var words: LimitedCounts<[UInt32]>
    private var overlongCount = 0
    private var heldOut: [[UInt8]] = []
    private var heldOutByteCount = 0
    private var report = VocabularyReport()

    /// Counts the words of all inputs.
    ///
    /// - Parameters:
    ///   - settings: what kind of vocabulary is made of which text.
    ///   - watch: called with the bytes of text and of the inputs read so far, and those of all inputs.
    /// - Throws: `invalidSetting`, `vocabularyTooSmall`, `badRecord`, `tooManyBadRecords`, `noText`, what reading throws.
    public init(
        counting settings: VocabularySettings, watch: @escaping @Sendable (Int, Int, Int?) -> Void = { _, _, _ in }
    ) throws(CorpusError) {
        try settings.check()
        self.settings = settings
        words = LimitedCounts(limit: settings.wordLimit)
        var source = try CorpusSource(paths: settings.inputs, settings: settings.reading)
        let total = source.totalPackedCount
        let scanner: WordScanner
        do { scanner = try WordScanner(options: settings.options) } catch { throw .tokenizer(error) }
        let workers = (0..<settings.workerCount).map { _ in WordCounter(settings, scanner: scanner) }
        var builder = self
        try OrderedWork<WordCounter>().run(
            source: { () throws(CorpusError) in try source.next() }, workers: workers,
            sink: { chunk throws(CorpusError) in
                try builder.take(chunk)
                watch(builder.report.textBytes, chunk.packedCount, total)
            })
        self = builder
        guard !singles.isEmpty || !words.counts.isEmpty else { throw .noText }
    }

    private mutating func take(_ chunk: CountedChunk) throws(CorpusError) {
        for fault in chunk.faults { try report.bad.add(fault, policy: settings.reading.policy) }
        for (scalar, count) in chunk.tally.singles { singles[scalar, default: 0] += count }
        // In an order of their own: what is forgotten must not depend on the order of a dictionary.
        for (word, count) in chunk.tally.words.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            words.add(word, count)
        }
        overlongCount += chunk.tally.overlongCount
        report.records += chunk.recordCount
        report.textBytes += chunk.textByteCount
        for text in chunk.heldOut where heldOutByteCount + text.count <= settings.heldOutByteCount {
            heldOut.append(text)
            heldOutByteCount += text.count
        }
    }

    /// Chooses the tokens, and measures them on the text that was held out.
    ///
    /// - Throws: `tokenizer` when they make no tokenizer, which they always do.
    public func build() throws(CorpusError) -> (tokens: [String], report: VocabularyReport) {
        var report = report
        let characters = characterCounts()
        var tokens = settings.fixedTokens
        let alphabet = choose(characters, room: settings.size - tokens.count, &report)
        tokens += alphabet.map { PairMerger.text([$0.scalar], isBeginning: $0.isBeginning) }
        if settings.addsIdeographPieces {
            let known = Set(alphabet.filter { !$0.isBeginning }.map(\.scalar))
            for entry in alphabet
            where entry.isBeginning && singles[entry.scalar] != nil && !known.contains(entry.scalar) {
                guard tokens.count < settings.size else { break }
                tokens.append(PairMerger.text([entry.scalar], isBeginning: false))
            }
        }
        report.characterTokens = tokens.count - settings.fixedTokens.count
        if tokens.count < settings.size {
            var merger = PairMerger(alphabet: alphabet, words: words.counts)
            while tokens.count < settings.size, let piece = merger.next(minimumCount: settings.minimumPairCount) {
                tokens.append(piece)
            }
        }
        report.pieceTokens = tokens.count - settings.fixedTokens.count - report.characterTokens
        report.distinctWords = words.counts.count
        report.wordCountError = words.forgotten
        report.overlongWords = overlongCount
        try report.measure(heldOut, tokens: tokens, options: settings.options)
        return (tokens, report)
    }

    /// How often each character comes, beginning a word and inside one. A character alone begins one.
    private func characterCounts() -> [UInt32: (beginning: Int, inside: Int)] {
        var counts: [UInt32: (beginning: Int, inside: Int)] = [:]
        for (scalar, count) in singles { counts[scalar, default: (0, 0)].beginning += count }
        for (word, count) in words.counts {
            for (place, scalar) in word.enumerated() {
                if place == 0 {
                    counts[scalar, default: (0, 0)].beginning += count
                } else {
                    counts[scalar, default: (0, 0)].inside += count
                }
            }
        }
        return counts
    }

    /// The characters that become tokens, in order: by frequency, equal ones by their code.
    private func choose(
        _ counts: [UInt32: (beginning: Int, inside: Int)], room: Int, _ report: inout VocabularyReport
    ) -> [(scalar: UInt32, isBeginning: Bool)] {
        let total = counts.values.reduce(0) { $0 + $1.beginning + $1.inside }
        let sorted = counts.map { (scalar: $0.key, count: $0.value, sum: $0.value.beginning + $0.value.inside) }
            .sorted { $0.sum != $1.sum ? $0.sum > $1.sum : $0.scalar < $1.scalar }
        var chosen: [(scalar: UInt32, isBeginning: Bool)] = []
        var covered = 0
        for entry in sorted {
            guard Double(covered) < settings.coverage * Double(total) else { break }
            let forms = (entry.count.beginning > 0 ? 1 : 0) + (entry.count.inside > 0 ? 1 : 0)
            guard chosen.count + forms <= room else { break }
            if entry.count.beginning > 0 { chosen.append((entry.scalar, true)) }
            if entry.count.inside > 0 { chosen.append((entry.scalar, false)) }
            covered += entry.sum
            report.characters += 1
        }
        report.distinctCharacters = counts.count
        report.characterCoverage = total == 0 ? 0 : Double(covered) / Double(total)
        let known = Set(chosen.map(\.scalar))
        var (spelled, all) = (0, overlongCount)
        for (scalar, count) in singles {
            all += count
            if known.contains(scalar) { spelled += count }
        }
        for (word, count) in words.counts {
            all += count
            if word.allSatisfy(known.contains) { spelled += count }
        }
        report.wordCoverage = all == 0 ? 0 : Double(spelled) / Double(all)
        return chosen
    }
}
