import ErlangshenCompute
import ErlangshenJSON
import ErlangshenPipelines

/// What a timed model said of one text: enough to compare engines by.
enum BenchAnswer: Equatable {
    /// The likeliest entry of the vocabulary at each row read.
    case tokens([Int])
    /// The scores of the labels, and the largest one's index.
    case scores([Float], best: Int)

    /// The answers to a batch, in its order.
    ///
    /// *Shapes:* logits [rows, V] or [B, labels].
    /// - Throws: `PipelineError.notFinite`.
    static func answers(
        _ logits: Matrix, to batch: BenchBatch, _ task: BenchTask
    ) throws(PipelineError) -> [BenchAnswer] {
        var best: [Int] = []
        for row in 0..<logits.rows { best.append(try largest(logits.row(row))) }
        guard task != .classify else { return best.indices.map { .scores(Array(logits.row($0)), best: best[$0]) } }
        var row = 0
        return batch.sequences.indices.map { sequence in
            let count = batch.positions.map { $0[sequence].count } ?? batch.sequences[sequence].count
            defer { row += count }
            return .tokens(Array(best[row..<row + count]))
        }
    }

    /// The index of the largest value, the first of equal ones.
    ///
    /// - Throws: `PipelineError.notFinite` when one is NaN or infinite.
    static func largest(_ values: ArraySlice<Float>) throws(PipelineError) -> Int {
        let (best, sum) = values.withUnsafeBufferPointer { values in
            var (best, sum) = (0, Float(0))  // the sum is finite if and only if all values are, short of 1e38
            for (index, value) in values.enumerated() {
                sum += value
                if value > values[best] { best = index }
            }
            return (best, sum)
        }
        guard sum.isFinite else { throw .notFinite }
        return best
    }

    /// The answer as the program writes it.
    func json(line: Int, labels: [String]) -> JSONValue {
        switch self {
        case .tokens(let ids):
            return ["line": .integer(Int64(line)), "ids": .array(ids.map { .integer(Int64($0)) })]
        case .scores(let scores, let best):
            return [
                "line": .integer(Int64(line)), "label": best < labels.count ? .string(labels[best]) : .null,
                "logits": .array(scores.map { .double(Double($0)) }),
            ]
        }
    }

    /// The answer in columns: the line, then the ids or the label.
    func columns(line: Int, labels: [String]) -> String {
        switch self {
        case .tokens(let ids): return "\(line)\t" + ids.map { "\($0)" }.joined(separator: " ")
        case .scores(_, let best):
            return "\(line)\t" + (best < labels.count ? labels[best] : "\(best)").printable
        }
    }
}
