/// Cuts lists of examples into pieces of bounded size.
public enum MicroBatches {
    /// Consecutive pieces of a batch, each of at most `tokenBudget` tokens; one example beyond it is a piece alone.
    ///
    /// - Parameters:
    ///   - batch: numbers of examples.
    ///   - lengths: tokens of every example, by number.
    ///   - tokenBudget: tokens of a piece, 1 or more.
    public static func split(_ batch: [Int], lengths: [Int], tokenBudget: Int) -> [[Int]] {
        var pieces: [[Int]] = []
        var count = 0
        for example in batch {
            let length = lengths[example]
            if pieces.isEmpty || count + length > tokenBudget {
                pieces.append([])
                count = 0
            }
            pieces[pieces.count - 1].append(example)
            count += length
        }
        return pieces
    }

    /// The examples of a batch dealt to so many who share the work: consecutive, about as many tokens for each.
    ///
    /// An example goes to the one in whose part of all tokens its middle lies, so that nothing but the batch decides.
    public static func shares(_ batch: [Int], lengths: [Int], count: Int) -> [[Int]] {
        let all = batch.reduce(0) { $0 + lengths[$1] }
        var shares = [[Int]](repeating: [], count: count)
        var before = 0
        for example in batch {
            let middle = 2 * before + lengths[example]  // in halves of a token
            shares[all == 0 ? 0 : min(count - 1, middle * count / (2 * all))].append(example)
            before += lengths[example]
        }
        return shares
    }

    /// Pieces for evaluation: all examples, the longest first, so that the first piece shows what memory is needed.
    ///
    /// Examples of one length come in the order of their numbers.
    public static func byLength(lengths: [Int], tokenBudget: Int) -> [[Int]] {
        let order = lengths.indices.sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
        return split(order, lengths: lengths, tokenBudget: tokenBudget)
    }
}
