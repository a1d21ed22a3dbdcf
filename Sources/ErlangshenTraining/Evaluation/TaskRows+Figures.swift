import ErlangshenTasks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension TaskRows {
    /// The figures of what a model said of the rows; rows that were left out are not counted.
    ///
    /// - Throws: `TrainingError.task` when no row can be measured.
    public func evaluation(of answers: [RowAnswer]) throws(TrainingError) -> Evaluation {
        try onTask { () throws(TaskError) in
            switch task.kind {
            case .classification, .multipleChoice: try labelled(answers)
            case .softClassification: try distributed(answers)
            case .regression: try numeric(answers)
            case .tokenClassification: try tagged(answers)
            case .questionAnswering: try answered(answers)
            }
        }
    }

    private func labelled(_ answers: [RowAnswer]) throws(TaskError) -> Evaluation {
        var (right, predicted, loss, width) = ([Int](), [Int](), 0.0, labels.outputs?.count ?? 0)
        for (row, answer) in zip(data.rows, answers) {
            guard case .label(let label) = row.target, case .scores(let scores) = answer else { continue }
            right.append(label)
            predicted.append(RowAnswer.largest(scores))
            loss -= Self.logShares(scores)[label]
            width = max(width, scores.count)
        }
        let matrix = try ConfusionMatrix(right: right, predicted: predicted, labelCount: width)
        let isChoice = task.kind == .multipleChoice
        var figures = [("accuracy", matrix.accuracy)]
        if !isChoice { figures += [("macro_f1", matrix.macroF1), ("matthews", matrix.matthewsCorrelation)] }
        figures += [("majority", matrix.majorityShare), ("loss", loss / Double(right.count))]
        let names = isChoice ? (0..<width).map { "choice \($0)" } : labels.outputs?.labels ?? []
        return Evaluation(
            metric: task.metric, figures: figures,
            classes: zip(names, matrix.labelScores).map {
                .init(name: $0, precision: $1.precision, recall: $1.recall, f1: $1.f1, support: $1.support)
            },
            confusion: matrix.counts, rowScores: zip(right, predicted).map { $0 == $1 ? 1 : 0 })
    }

    private func distributed(_ answers: [RowAnswer]) throws(TaskError) -> Evaluation {
        var (scores, hits) = ([Double](), 0)
        for (row, answer) in zip(data.rows, answers) {
            guard case .distribution(let shares) = row.target, case .scores(let logits) = answer else { continue }
            let logShares = Self.logShares(logits)  // [labels]
            scores.append(zip(shares, logShares).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1 : $0 })
            let best = shares.indices.max { shares[$0] == shares[$1] ? $0 > $1 : shares[$0] < shares[$1] }
            if best == RowAnswer.largest(logits) { hits += 1 }
        }
        guard !scores.isEmpty else { throw .notMeasurable(reason: "there is no example") }
        return Evaluation(
            metric: task.metric,
            figures: [
                ("cross_entropy", -scores.reduce(0, +) / Double(scores.count)),
                ("accuracy", Double(hits) / Double(scores.count)),
            ], rowScores: scores)
    }

    private func numeric(_ answers: [RowAnswer]) throws(TaskError) -> Evaluation {
        var (right, predicted): ([Double], [Double]) = ([], [])
        for (row, answer) in zip(data.rows, answers) {
            guard case .value(let value) = row.target, case .value(let found) = answer else { continue }
            right.append(value)
            predicted.append(Double(found))
        }
        guard !right.isEmpty else { throw .notMeasurable(reason: "there is no example") }
        let errors = zip(right, predicted).map { ($0 - $1) * ($0 - $1) }
        var figures: [(String, Double)] = []
        // A model that gives every row the same number has no correlation, but it has errors.
        if let spearman = try? Correlation.spearman(right, predicted),
            let pearson = try? Correlation.pearson(right, predicted)
        {
            figures = [("spearman", spearman), ("pearson", pearson)]
        }
        figures.append(("squared_error", errors.reduce(0, +) / Double(errors.count)))
        return Evaluation(metric: task.metric, figures: figures, rowScores: errors.map { -$0 })
    }

    private func tagged(_ answers: [RowAnswer]) throws(TaskError) -> Evaluation {
        var (right, predicted): ([[EntitySpan]], [[EntitySpan]]) = ([], [])
        for (row, answer) in zip(data.rows, answers) {
            guard case .entities(let spans) = row.target, case .entities(let found) = answer else { continue }
            right.append(spans)
            predicted.append(found)
        }
        guard !right.isEmpty else { throw .notMeasurable(reason: "there is no example") }
        let scores = try EntityScores(right: right, predicted: predicted)
        var rowScores: [Double] = []
        for (spans, found) in zip(right, predicted) {
            // A text without entities, and none found, is answered well.
            rowScores.append(
                spans.isEmpty && found.isEmpty ? 1 : try EntityScores(right: [spans], predicted: [found]).all.f1)
        }
        return Evaluation(
            metric: task.metric,
            figures: [
                ("entity_f1", scores.all.f1), ("entity_precision", scores.all.precision),
                ("entity_recall", scores.all.recall), ("macro_f1", scores.macroF1),
            ],
            classes: (labels.rows?.labels ?? []).compactMap { name in
                scores.byType[name].map {
                    .init(name: name, precision: $0.precision, recall: $0.recall, f1: $0.f1, support: $0.right)
                }
            }, rowScores: rowScores)
    }

    private func answered(_ answers: [RowAnswer]) throws(TaskError) -> Evaluation {
        var (right, predicted): ([[String]], [String?]) = ([], [])
        for (row, answer) in zip(data.rows, answers) {
            guard case .answers(let spans) = row.target else { continue }
            right.append(spans.map(\.text))
            if case .answer(let text, _, _) = answer { predicted.append(text) } else { predicted.append(nil) }
        }
        let scores = try AnswerScores(right: right, predicted: predicted)
        let rowScores = zip(right, predicted).map { answers, prediction in
            guard let prediction else { return 0.0 }
            let match = answers.contains { AnswerScores.isMatch($0, prediction) } ? 1.0 : 0
            return (match + (answers.map { AnswerScores.f1($0, prediction) }.max() ?? 0)) / 2
        }
        return Evaluation(
            metric: task.metric,
            figures: [("match_and_f1", scores.average), ("exact_match", scores.exactMatch), ("f1", scores.f1)],
            rowScores: rowScores)
    }

    /// log softmax.
    private static func logShares(_ scores: [Float]) -> [Double] {
        let largest = Double(scores.max() ?? 0)
        let logSum = largest + log(scores.reduce(0.0) { $0 + exp(Double($1) - largest) })
        return scores.map { Double($0) - logSum }
    }
}
