/// Finds the answer that a model's start and end scores mean.
public enum AnswerDecoder {
    /// An answer with its score, which can be compared between windows of one question.
    public struct Answer: Sendable, Equatable {
        /// The words of the passage.
        public let text: String
        /// The sum of the scores of its first and last token.
        public let score: Double
    }

    /// The best span of one window: start ≤ end, at most `maximumTokenCount` tokens, all of the passage.
    ///
    /// Ties go to the earlier start, then to the shorter span.
    ///
    /// - Parameters:
    ///   - startLogits: a score for each token. `[S]`
    ///   - endLogits: a score for each token. `[S]`
    ///   - scalarRanges: the scalars of each token, nil for those that are not of the passage. `[S]`
    ///   - text: the passage.
    ///   - maximumTokenCount: tokens that an answer may have.
    /// - Returns: nil when the window has no token of the passage.
    /// - Throws: `unequalCounts`.
    public static func best(
        startLogits: [Float], endLogits: [Float], scalarRanges: [Range<Int>?], text: String,
        maximumTokenCount: Int = 30
    ) throws(TaskError) -> Answer? {
        for logits in [startLogits, endLogits] where logits.count != scalarRanges.count {
            throw .unequalCounts(what: "scores of tokens", expected: scalarRanges.count, found: logits.count)
        }
        var best: (start: Int, end: Int, score: Double)?
        for start in scalarRanges.indices where scalarRanges[start] != nil {
            for end in start..<min(start + max(1, maximumTokenCount), scalarRanges.count) {
                guard scalarRanges[end] != nil else { break }
                let score = Double(startLogits[start]) + Double(endLogits[end])
                if best.map({ score > $0.score }) ?? true { best = (start, end, score) }
            }
        }
        guard let best, let first = scalarRanges[best.start], let last = scalarRanges[best.end] else { return nil }
        let scalars = text.unicodeScalars.dropFirst(first.lowerBound).prefix(last.upperBound - first.lowerBound)
        return Answer(text: String(String.UnicodeScalarView(scalars)), score: best.score)
    }
}
