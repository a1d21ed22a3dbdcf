public import ErlangshenSegmentation
public import ErlangshenTokenizer

/// Masks as the original recipe does, bit for bit: fengshen's `DeBERTaV2Collator` with its defects.
///
/// The random numbers are numpy's `RandomState(seed)`, drawn one after the other over all texts: what a text gets
/// depends on every text before it. An epoch of the original begins with `restart()`, and each of its workers has a
/// masker of its own with the same seed. What is wrong with it, and what `WholeWordMasker` does instead, stands in
/// `docs/masking.md`. The segmenter is jieba 0.42.1; the original's jieba_fast 0.53 has the same dictionary and
/// differs from it on rare characters.
public final class FengshenMasker {
    /// The settings it was made with.
    public let settings: FengshenSettings
    /// The seed of `RandomState`.
    public let seed: UInt32
    private let words: FengshenWords
    private let segmenter: WordSegmenter
    private let workspace = SegmentationWorkspace()
    private let order: [Int32]
    private let (clsTokenId, sepTokenId, maskTokenId): (Int32, Int32, Int32)
    private let choiceSums: [Double]
    private var numbers: MersenneTwister

    /// A masker at the beginning of an epoch.
    ///
    /// - Throws: `invalidSetting`, `invalidTokenOrder`.
    public init(
        tokenizer: BertTokenizer, segmenter: WordSegmenter, settings: FengshenSettings = FengshenSettings(),
        seed: UInt32 = 42
    ) throws(MaskingError) {
        let count = tokenizer.vocabulary.count
        try settings.check(vocabularyCount: count)
        self.settings = settings
        self.seed = seed
        self.segmenter = segmenter
        (clsTokenId, sepTokenId, maskTokenId) = (tokenizer.clsTokenId, tokenizer.sepTokenId, tokenizer.maskTokenId)
        order = settings.tokenOrder ?? Array(0..<Int32(count))
        let tokens = (0..<Int32(count)).map { Array((tokenizer.vocabulary.token(of: $0) ?? "").utf8) }
        words = FengshenWords(tokens: tokens, ends: [tokenizer.clsTokenId, tokenizer.sepTokenId])
        numbers = MersenneTwister(seed: seed)
        choiceSums = Self.choiceSums()
    }

    /// Goes back to the beginning of an epoch.
    public func restart() { numbers = MersenneTwister(seed: seed) }

    /// Masks the next text; see `masking(of:)`.
    ///
    /// - Throws: `invalidToken`.
    public func mask(tokens: [Int32]) throws(MaskingError) -> MaskedSequence? { try masking(of: tokens)?.sequence }

    /// Masks the next text, and says how it came to that; nil for an empty one, which the original skips. Short texts
    /// may come out without any mask.
    ///
    /// - Parameter ids: Tokens without special ones around them.
    /// - Throws: `invalidToken`, before any number is drawn.
    public func masking(of ids: [Int32]) throws(MaskingError) -> FengshenMasking? {
        for (place, id) in ids.enumerated() where id < 0 || Int(id) >= order.count {
            throw .invalidToken(id: id, position: place, vocabularyCount: order.count)
        }
        guard !ids.isEmpty else { return nil }
        let kept = cut(ids.count)
        let tokens = [clsTokenId] + ids[kept] + [sepTokenId]  // [S]
        let words = words.words(of: tokens, segmenter: segmenter, workspace: workspace)
        let bound = bound(tokens.count)
        let (covered, actions, replaced) = choose(words, tokens, bound)
        let order = covered.indices.sorted { covered[$0] < covered[$1] }
        let positions = order.map { covered[$0] }  // [M]
        var masked = tokens
        for place in order { masked[covered[place]] = replaced[place] }
        let isCovered = Set(covered)
        let chosen = words.indices.filter { isCovered.contains(words[$0].lowerBound) }
        var wordEnds: [Int] = []
        for word in chosen { wordEnds.append((wordEnds.last ?? 0) + words[word].count) }
        return FengshenMasking(
            sequence: MaskedSequence(
                ids: masked, positions: positions, labels: positions.map { tokens[$0] }, wordEnds: wordEnds),
            words: words, chosen: chosen, actions: order.map { actions[$0] }, cutFirstCount: kept.lowerBound,
            cutLastCount: ids.count - kept.upperBound, bound: bound)
    }

    /// `truncate_segments`: what is left of `count` tokens, of which either end loses one at a time.
    private func cut(_ count: Int) -> Range<Int> {
        var kept = 0..<count
        while kept.count > settings.maximumLength - 3 {
            kept =
                numbers.fraction() < 0.5 ? kept.lowerBound + 1..<kept.upperBound : kept.lowerBound..<kept.upperBound - 1
        }
        return kept
    }

    /// `min(max_predictions, max(1, round(0.15·S)))`: as `max_predictions` is 0.15·S itself, no whole number, what
    /// rounding adds is lost again, and a count of tokens stays at or below the floor.
    private func bound(_ count: Int) -> Double {
        let share = settings.rate * Double(count)
        return min(share, max(1, share.rounded(.toNearestOrEven)))
    }

    /// Draws what is masked: positions in the order of drawing, what was done, what stands there then.
    private func choose(
        _ words: [Range<Int>], _ tokens: [Int32], _ bound: Double
    ) -> (positions: [Int], actions: [MaskAction], ids: [Int32]) {
        var spans = Array(words.indices)
        numbers.shuffle(&spans)
        var isCovered = [Bool](repeating: false, count: tokens.count)
        var (positions, actions, ids): ([Int], [MaskAction], [Int32]) = ([], [], [])
        for first in spans {
            if Double(positions.count) >= bound { break }
            // The length is drawn even if the span is covered already: the original's test for that does nothing.
            var length = 1 + numbers.choice(sums: choiceSums)
            var span = tokenRange(words, first, length)
            while Double(positions.count + span.count) > bound, length > 1 {
                length -= 1
                span = tokenRange(words, first, length)
            }
            if Double(positions.count + span.count) > bound || span.contains(where: { isCovered[$0] }) { continue }
            for place in span {
                isCovered[place] = true
                let (action, id) = draw(tokens[place])
                positions.append(place)
                actions.append(action)
                ids.append(id)
            }
        }
        // The original shuffles once more and does nothing with it, but the numbers are gone.
        numbers.shuffle(&spans)
        return (positions, actions, ids)
    }

    /// The tokens of up to `length` words from `first` on: near the end there are fewer.
    private func tokenRange(_ words: [Range<Int>], _ first: Int, _ length: Int) -> [Int] {
        words[first..<min(first + length, words.count)].flatMap { Array($0) }
    }

    private func draw(_ id: Int32) -> (MaskAction, Int32) {
        if numbers.fraction() < 0.8 { return (.mask, maskTokenId) }
        if numbers.fraction() < 0.5 { return (.keep, id) }
        return (.random, order[numbers.number(upTo: order.count - 1)])
    }

    /// Running sums of p ∝ 1/n for 1 to 3 words, rounded as numpy rounds them: divided by their sum twice.
    static func choiceSums() -> [Double] {
        var shares = [1, 1.0 / 2, 1.0 / 3]
        for _ in 0..<2 {
            let sum = shares[0] + shares[1] + shares[2]
            shares = shares.map { $0 / sum }
        }
        let sums = [shares[0], shares[0] + shares[1], shares[0] + shares[1] + shares[2]]
        return sums.map { $0 / sums[2] }
    }
}
