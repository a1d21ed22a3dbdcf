import ErlangshenRandom

/// What stands in a masked token's place.
public enum MaskAction: String, Sendable, CaseIterable {
    /// `[MASK]`.
    case mask
    /// The token itself.
    case keep
    /// A token drawn from those that may replace others.
    case random
}

/// How a text is masked, with the reasons: what `MaskedSequence` leaves out. Tokens are counted without `[CLS]`.
public struct MaskingPlan: Sendable, Equatable {
    /// The words that may be masked, as ranges of tokens, rising. Special tokens and `[UNK]` belong to none, and part
    /// the word that they stand in.
    public internal(set) var words: [Range<Int>] = []
    /// The runs of neighbouring words that were drawn, as ranges of `words`: each word is in one. Runs are masked whole
    /// but where the budget begins or ends inside one.
    public internal(set) var runs: [Range<Int>] = []
    /// Tokens that are to be masked.
    public internal(set) var budget = 0
    /// The words that are masked, as indices of `words`, rising.
    public internal(set) var chosen: [Int] = []
    /// What stands in the place of each masked token, in the order of the text.
    public internal(set) var actions: [MaskAction] = []
    /// What the model sees.
    public internal(set) var sequence: MaskedSequence

    /// Tokens that may be masked.
    public var maskableCount: Int { words.reduce(0) { $0 + $1.count } }
}

extension MaskingPlan {
    /// The words that may be masked.
    static func words(of text: TokenizedText, isSpecial: [Bool]) throws(MaskingError) -> [Range<Int>] {
        var words: [Range<Int>] = []
        words.reserveCapacity(text.ids.count)
        var start: Int?
        for (place, id) in text.ids.enumerated() {
            guard id >= 0, Int(id) < isSpecial.count else {
                throw .invalidToken(id: id, position: place, vocabularyCount: isSpecial.count)
            }
            let isSpecial = isSpecial[Int(id)]
            if let first = start, isSpecial || !text.continuesWord[place] {
                words.append(first..<place)
                start = nil
            }
            if start == nil, !isSpecial { start = place }
        }
        if let start { words.append(start..<text.ids.count) }
        return words
    }

    /// Parts the words into runs of neighbours whose lengths are drawn.
    ///
    /// - Parameters:
    ///   - words: The words in order; where a token lies between two, no run goes on.
    ///   - bounds: Sums of the weights of lengths 1, 2, …; the last is their total.
    ///   - numbers: Where random numbers come from.
    static func runs(
        of words: [Range<Int>], bounds: [Double], _ numbers: inout PhiloxStream
    ) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        runs.reserveCapacity(words.count)
        let total = bounds[bounds.count - 1]
        var start = 0
        while start < words.count {
            let number = numbers.nextFraction() * total
            let length = 1 + (bounds.firstIndex { number < $0 } ?? bounds.count - 1)
            var end = start + 1
            while end < words.count, end - start < length, words[end].lowerBound == words[end - 1].upperBound {
                end += 1
            }
            runs.append(start..<end)
            start = end
        }
        return runs
    }

    /// The words to mask: of `count` tokens that may be, `budget` to within a word.
    ///
    /// The runs are laid on a circle in random order, one place a token, and a window of `budget` places is laid on the
    /// circle at random. Masked is each word whose first token is in the window: with the probability budget/count,
    /// whatever its length, its place in the text and its neighbours. Inside the run at either end of the window
    /// the window decides for each word. A budget smaller than a word may hit no first token at all; then one word is
    /// drawn, each equally likely, so that there is always one.
    static func choose(
        from words: [Range<Int>], in runs: [Range<Int>], budget: Int, count: Int, _ numbers: inout PhiloxStream
    ) -> [Int] {
        if budget >= count { return Array(words.indices) }
        let order = numbers.permutation(runs.count)
        let window = numbers.next(below: count)
        var isChosen = [Bool](repeating: false, count: words.count)
        var (place, chosenCount) = (0, 0)
        for run in order {
            for word in runs[run] {
                let distance = place < window ? place - window + count : place - window
                if distance < budget {
                    isChosen[word] = true
                    chosenCount += 1
                }
                place += words[word].count
            }
        }
        if chosenCount == 0 { return [numbers.next(below: words.count)] }
        return words.indices.filter { isChosen[$0] }
    }
}
