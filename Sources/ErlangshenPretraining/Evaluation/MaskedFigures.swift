import ErlangshenMasking
import ErlangshenCompute

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How well a model fills masks: sums over masked tokens and masked words.
struct MaskedFigures: Sendable, Equatable {
    /// Masked tokens.
    private(set) var maskCount = 0
    /// Masked words.
    private(set) var wordCount = 0
    private var lossSum = 0.0
    private var firstCount = 0
    private var firstFiveCount = 0
    private var wholeWordCount = 0

    /// Adds the masks of some sequences.
    ///
    /// *Shapes:* logits [M, V], its rows in the order of the sequences and of their positions.
    mutating func add(_ logits: Matrix, _ sequences: [MaskedSequence]) {
        var row = 0
        for sequence in sequences {
            var word = 0
            var isWhole = true
            for (place, label) in sequence.labels.enumerated() {
                let isFirst = add(logits.row(row), label)
                row += 1
                isWhole = isWhole && isFirst
                guard word < sequence.wordEnds.count, sequence.wordEnds[word] == place + 1 else { continue }
                wordCount += 1
                if isWhole { wholeWordCount += 1 }
                (word, isWhole) = (word + 1, true)
            }
        }
    }

    /// Adds one mask, and says whether its token is the likeliest; of equal logits the smaller id is the likelier.
    private mutating func add(_ scores: ArraySlice<Float>, _ label: Int32) -> Bool {
        let right = scores[scores.startIndex + Int(label)]
        let largest = scores.max() ?? right
        var (sum, ahead) = (0.0, 0)
        for (place, score) in scores.enumerated() {
            sum += exp(Double(score) - Double(largest))
            if score > right || score == right && place < Int(label) { ahead += 1 }
        }
        lossSum += Double(largest) + log(sum) - Double(right)
        maskCount += 1
        if ahead < 1 { firstCount += 1 }
        if ahead < 5 { firstFiveCount += 1 }
        return ahead < 1
    }

    /// All sums; exact for counts below 2⁵³.
    var sums: [Double] {
        [
            Double(maskCount), Double(wordCount), lossSum, Double(firstCount), Double(firstFiveCount),
            Double(wholeWordCount),
        ]
    }

    init() {}

    /// From `sums`, or such added up over several.
    init(sums: [Double]) {
        precondition(sums.count == 6)
        (maskCount, wordCount, lossSum) = (Int(sums[0]), Int(sums[1]), sums[2])
        (firstCount, firstFiveCount, wholeWordCount) = (Int(sums[3]), Int(sums[4]), Int(sums[5]))
    }

    /// The sums of both.
    static func + (first: MaskedFigures, second: MaskedFigures) -> MaskedFigures {
        var sum = first
        sum.maskCount += second.maskCount
        sum.wordCount += second.wordCount
        sum.lossSum += second.lossSum
        sum.firstCount += second.firstCount
        sum.firstFiveCount += second.firstFiveCount
        sum.wholeWordCount += second.wholeWordCount
        return sum
    }

    /// The mean cross entropy of a masked token, in nats.
    var loss: Double { lossSum / Double(max(1, maskCount)) }

    /// Figures by name: means over masked tokens, and over masked words for `word_accuracy`.
    var named: [(name: String, value: Double)] {
        let count = Double(max(1, maskCount))
        return [
            ("loss", loss), ("perplexity", exp(loss)), ("accuracy", Double(firstCount) / count),
            ("top5_accuracy", Double(firstFiveCount) / count),
            ("word_accuracy", Double(wholeWordCount) / Double(max(1, wordCount))),
        ]
    }
}
