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

    /// Pieces for evaluation: all examples, the longest first, so that the first piece shows what memory is needed.
    ///
    /// Examples of one length come in the order of their numbers.
    public static func byLength(lengths: [Int], tokenBudget: Int) -> [[Int]] {
        let order = lengths.indices.sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
        return split(order, lengths: lengths, tokenBudget: tokenBudget)
    }
}
