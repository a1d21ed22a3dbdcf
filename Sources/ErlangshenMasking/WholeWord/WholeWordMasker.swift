public import ErlangshenRandom

/// Masks whole words of a text.
///
/// A value of vocabulary, settings and seed; what it masks is a function of these, the epoch and the sample.
public struct WholeWordMasker: Sendable {
    /// Tokens that may and may not be masked or drawn.
    public let vocabulary: MaskingVocabulary
    /// How much is masked, by what, in what runs.
    public let settings: MaskingSettings
    /// The seed of all masks.
    public let seed: UInt64
    /// Sums of the weights of the run lengths 1, 2, …
    private let runBounds: [Double]

    // Beside the purposes of training's order, bootstrap and dropout, which are 1 to 4 and from 16 on.
    private static let purpose: UInt32 = 8

    /// A masker.
    ///
    /// - Throws: `invalidSetting`; `noReplacements` if tokens are to be drawn and none may be.
    public init(
        vocabulary: MaskingVocabulary, settings: MaskingSettings = MaskingSettings(), seed: UInt64
    ) throws(MaskingError) {
        try settings.check()
        guard settings.randomShare == 0 || !vocabulary.replacements.isEmpty else {
            throw .noReplacements(vocabularyCount: vocabulary.count)
        }
        self.vocabulary = vocabulary
        self.settings = settings
        self.seed = seed
        var sum = 0.0
        runBounds = settings.runWeights.map { weight in
            sum += weight
            return sum
        }
    }

    /// The random numbers of a sample in an epoch.
    public func numbers(epoch: UInt32, sample: UInt32) -> PhiloxStream {
        PhiloxStream(seed: seed, purpose: Self.purpose, number: epoch, item: sample)
    }

    /// Masks a text, and says how it came to that.
    ///
    /// The budget is rate·S, rounded half to even, at least 1, S being the tokens with `[CLS]` and `[SEP]`. Nothing is
    /// masked only if the text has no word that may be.
    ///
    /// - Parameters:
    ///   - text: Tokens without special ones around them.
    ///   - numbers: Those of the sample; each sequence of it takes what it needs, one after the other.
    /// - Throws: `invalidToken` for an id outside of the vocabulary.
    public func plan(_ text: TokenizedText, _ numbers: inout PhiloxStream) throws(MaskingError) -> MaskingPlan {
        let words = try MaskingPlan.words(of: text, isSpecial: vocabulary.isSpecial)
        let count = words.reduce(0) { $0 + $1.count }
        let length = text.ids.count + 2
        var ids: [Int32] = []
        ids.reserveCapacity(length)
        ids.append(vocabulary.clsTokenId)
        ids += text.ids
        ids.append(vocabulary.sepTokenId)  // [S]
        guard count > 0 else {
            return MaskingPlan(sequence: MaskedSequence(ids: ids, positions: [], labels: [], wordEnds: []))
        }
        let share = (settings.rate * Double(length)).rounded(.toNearestOrEven)
        let budget = min(count, max(1, Int(share)))
        let runs = MaskingPlan.runs(of: words, bounds: runBounds, &numbers)
        let chosen = MaskingPlan.choose(from: words, in: runs, budget: budget, count: count, &numbers)
        return replace(chosen, MaskingPlan(words: words, runs: runs, budget: budget, sequence: .empty), &ids, &numbers)
    }

    /// Masks a text; see `plan`.
    ///
    /// - Throws: `invalidToken`.
    public func sequence(_ text: TokenizedText, _ numbers: inout PhiloxStream) throws(MaskingError) -> MaskedSequence {
        try plan(text, &numbers).sequence
    }

    /// Puts something in the place of every token of the chosen words.
    private func replace(
        _ chosen: [Int], _ plan: MaskingPlan, _ ids: inout [Int32], _ numbers: inout PhiloxStream
    ) -> MaskingPlan {
        var plan = plan
        var (positions, labels, wordEnds): ([Int], [Int32], [Int]) = ([], [], [])
        for word in chosen {
            var action = MaskAction.mask
            for place in plan.words[word] {
                if settings.decision == .token || place == plan.words[word].lowerBound { action = draw(&numbers) }
                let position = place + 1
                positions.append(position)
                labels.append(ids[position])
                plan.actions.append(action)
                switch action {
                case .mask: ids[position] = vocabulary.maskTokenId
                case .keep: break
                case .random:
                    ids[position] = vocabulary.replacements[numbers.next(below: vocabulary.replacements.count)]
                }
            }
            wordEnds.append(positions.count)
        }
        plan.chosen = chosen
        plan.sequence = MaskedSequence(ids: ids, positions: positions, labels: labels, wordEnds: wordEnds)
        return plan
    }

    private func draw(_ numbers: inout PhiloxStream) -> MaskAction {
        let number = numbers.nextFraction()
        if number < settings.maskShare { return .mask }
        // A share of 0 draws nothing, whatever the rounding of the others' sum.
        if settings.randomShare == 0 { return settings.keepShare > 0 ? .keep : .mask }
        return number < settings.maskShare + settings.keepShare ? .keep : .random
    }
}

extension MaskedSequence {
    static var empty: MaskedSequence { MaskedSequence(ids: [], positions: [], labels: [], wordEnds: []) }
}
