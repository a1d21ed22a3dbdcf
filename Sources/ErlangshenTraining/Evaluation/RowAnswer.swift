import ErlangshenCompute
public import ErlangshenTasks

/// What a model says of one row.
public enum RowAnswer: Sendable, Equatable {
    /// Nothing: the row was left out, or no part of its passage can be an answer.
    case none
    /// Logits of the labels, or of the choices.
    case scores([Float])
    /// A number.
    case value(Float)
    /// Entities in scalars of the text.
    case entities([EntitySpan])
    /// Words of the passage, their score, and the number of the window that they are from.
    case answer(String, score: Double, window: Int)

    /// Reads the rows of the logits that belong to an example.
    init(
        of example: EncodedExample, row: Example, task: TaskDescription, labels: TaskLabels, scores: Matrix,
        sequences: Range<Int>, offsets: [Int]
    ) throws(TaskError) {
        let columns = scores.columns
        let tokens = offsets[sequences.lowerBound]..<offsets[sequences.upperBound]
        switch task.kind {
        case .classification, .softClassification:
            self = .scores(Array(scores.values[sequences.lowerBound * columns..<sequences.upperBound * columns]))
        case .multipleChoice: self = .scores(sequences.map { scores.values[$0 * columns] })
        case .regression: self = .value(scores.values[sequences.lowerBound * columns])
        case .tokenClassification:
            let names = labels.outputs?.labels ?? []
            let tags = tokens.map { token in
                let best = Self.largest(scores.values[token * columns..<(token + 1) * columns])
                return best < names.count ? names[best] : TagScheme.outside
            }
            self = .entities(try EntityDecoder.entities(tags: tags, scalarRanges: example.scalarRanges))
        case .questionAnswering:
            let best = try AnswerDecoder.best(
                startLogits: tokens.map { scores.values[$0 * columns] },
                endLogits: tokens.map { scores.values[$0 * columns + 1] }, scalarRanges: example.scalarRanges,
                text: row.text)
            self = best.map { .answer($0.text, score: $0.score, window: 0) } ?? .none
        }
    }

    /// This answer or one from another window of the same row: the higher score, then the earlier window.
    func better(_ other: RowAnswer, window: Int) -> RowAnswer {
        guard case .answer(let text, let score, _) = other else { return self == .none ? other : self }
        if case .answer(_, let own, let ownWindow) = self, own > score || (own == score && ownWindow < window) {
            return self
        }
        return .answer(text, score: score, window: window)
    }

    /// The place of the largest number, of equals the first; 0 when there is none.
    static func largest(_ values: some RandomAccessCollection<Float>) -> Int {
        var (best, place) = (-Float.infinity, 0)
        for (index, value) in values.enumerated() where value > best { (best, place) = (value, index) }
        return place
    }

    /// What is written into a submission; nil for a row without an answer.
    public func prediction(of row: Example, labels: TaskLabels, kind: TaskKind) -> Prediction? {
        switch self {
        case .none: kind == .questionAnswering ? Prediction(id: row.id, value: .answer("")) : nil
        case .scores(let scores):
            if kind == .multipleChoice {
                Prediction(id: row.id, value: .choice(Self.largest(scores)))
            } else {
                (labels.outputs?.labels[Self.largest(scores)]).map { Prediction(id: row.id, value: .label($0)) }
            }
        case .value(let value): Prediction(id: row.id, value: .label("\(value)"))
        case .entities(let entities):
            Prediction(id: row.id, value: .entities(entities, text: row.text))
        case .answer(let text, _, _): Prediction(id: row.id, value: .answer(text))
        }
    }
}
