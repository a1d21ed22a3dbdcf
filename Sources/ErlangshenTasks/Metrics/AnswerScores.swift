/// Exact match and F1 of answers, as the script of CMRC 2018 counts them.
///
/// Text is put into lower case and loses its punctuation. F1 is that of the longest run of segments, an ideograph or a
/// Latin word each, that prediction and answer share. Of several right answers the best one counts.
public struct AnswerScores: Sendable, Equatable {
    /// Share of questions answered word for word.
    public let exactMatch: Double
    /// Mean F1.
    public let f1: Double
    /// Questions.
    public let questionCount: Int
    /// Questions without a prediction; they count as wrong.
    public let unansweredCount: Int

    /// The mean of both, by which runs are compared.
    public var average: Double { (exactMatch + f1) / 2 }

    /// Scores predictions by question; nil where there is none.
    ///
    /// - Throws: `unequalCounts`; `notMeasurable` without questions, or for one without a right answer.
    public init(right: [[String]], predicted: [String?]) throws(TaskError) {
        guard right.count == predicted.count else {
            throw .unequalCounts(what: "predicted answers", expected: right.count, found: predicted.count)
        }
        guard !right.isEmpty else { throw .notMeasurable(reason: "there is no question") }
        var (matches, sum, missing) = (0, 0.0, 0)
        for (answers, prediction) in zip(right, predicted) {
            guard !answers.isEmpty else { throw .notMeasurable(reason: "a question has no right answer") }
            guard let prediction else {
                missing += 1
                continue
            }
            if answers.contains(where: { Self.isMatch($0, prediction) }) { matches += 1 }
            sum += answers.map { Self.f1($0, prediction) }.max() ?? 0
        }
        exactMatch = Double(matches) / Double(right.count)
        f1 = sum / Double(right.count)
        questionCount = right.count
        unansweredCount = missing
    }

    /// Whether both are the same without punctuation and case.
    public static func isMatch(_ answer: String, _ prediction: String) -> Bool {
        plain(answer).elementsEqual(plain(prediction))
    }

    /// F1 of one prediction against one answer.
    public static func f1(_ answer: String, _ prediction: String) -> Double {
        let (answer, prediction) = (segments(of: answer), segments(of: prediction))
        let shared = longestSharedRun(answer, prediction)
        guard shared > 0 else { return 0 }
        let precision = Double(shared) / Double(prediction.count)
        let recall = Double(shared) / Double(answer.count)
        return 2 * precision * recall / (precision + recall)
    }

    /// The script's marks: some of ASCII, most of Chinese.
    private static let marks = Set("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』".unicodeScalars)

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool { (0x4E00...0x9FA5).contains(scalar.value) }

    /// Lower case, blanks off both ends, marks out.
    private static func plain(_ text: String) -> [Unicode.Scalar] {
        var scalars = text.lowercased().unicodeScalars[...]
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return scalars.filter { !marks.contains($0) }
    }

    /// Ideographs one by one, what stands between them as words.
    static func segments(of text: String) -> [String] {
        var segments: [String] = []
        var other = String.UnicodeScalarView()
        func flush() {
            if !other.isEmpty { segments += LatinWords.words(of: String(other)) }
            other.removeAll()
        }
        for scalar in plain(text) {
            if isIdeograph(scalar) {
                flush()
                segments.append(String(scalar))
            } else {
                other.append(scalar)
            }
        }
        flush()
        return segments
    }

    /// The length of the longest run of segments that both have.
    private static func longestSharedRun(_ first: [String], _ second: [String]) -> Int {
        var best = 0
        var above = [Int](repeating: 0, count: second.count + 1)
        for segment in first {
            var row = [Int](repeating: 0, count: second.count + 1)
            for (column, other) in second.enumerated() where segment == other {
                row[column + 1] = above[column] + 1
                best = max(best, row[column + 1])
            }
            above = row
        }
        return best
    }
}
