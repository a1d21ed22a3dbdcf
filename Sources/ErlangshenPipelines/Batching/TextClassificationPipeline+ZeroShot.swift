extension TextClassificationPipeline {
    /// What a Chinese hypothesis says of a text; `{}` stands for the candidate.
    public static let chineseHypothesis = "这句话是关于{}的。"

    /// Reads texts and candidate labels with the tokenizer, for a model that was trained on entailment.
    ///
    /// Each text is paired with each candidate's hypothesis. *Source:* transformers' zero-shot-classification pipeline.
    /// - Parameters:
    ///   - sequences: the texts.
    ///   - candidates: one label or more.
    ///   - hypothesis: a sentence with `{}` where the label goes.
    ///   - isMultiLabel: whether each candidate is judged on its own; else one of them holds.
    ///   - maximumTokens: cuts longer texts, never the hypothesis alone, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/noCandidates``, ``PipelineError/noPlaceForLabel(template:)`` and errors of the tokenizer.
    public func question(
        _ sequences: [String], candidates: [String], hypothesis: String = chineseHypothesis, isMultiLabel: Bool = false,
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> ZeroShotQuestion {
        guard !candidates.isEmpty else { throw .noCandidates }
        let places = hypothesis.ranges(of: "{}")
        guard places.count == 1, let place = places.first else { throw .noPlaceForLabel(template: hypothesis) }
        var pairs: [EncodedText] = []
        for sequence in sequences {
            for candidate in candidates {
                var sentence = hypothesis
                sentence.replaceSubrange(place, with: candidate)
                pairs.append(
                    try loaded.encoder.encode(
                        sequence, pair: sentence, maximumTokens: maximumTokens, withOffsets: false))
            }
        }
        return ZeroShotQuestion(
            sequences: sequences, candidates: candidates, isMultiLabel: isMultiLabel, pairs: pairs)
    }

    /// Answers several questions in as few model calls as memory allows, without padding.
    ///
    /// *Concretely,* with e and c the logits of entailment and contradiction of a pair: the softmax of e over the
    /// candidates of a text; with several labels at once, or a single candidate, e^e / (e^e + e^c) for each.
    /// - Throws: errors of the model.
    public func answers(_ questions: [ZeroShotQuestion]) throws(PipelineError) -> [[ZeroShotResult]] {
        var logits: [[Double]] = []  // [pairs, labels]
        try forEachRow(questions.flatMap(\.pairs)) { (_, _, row) throws(PipelineError) in
            guard row.allSatisfy(\.isFinite) else { throw .notFinite }
            logits.append(row.map(Double.init))
        }
        var answers: [[ZeroShotResult]] = []
        var first = 0
        for question in questions {
            let width = question.candidates.count
            answers.append(
                question.sequences.indices.map { index in
                    let rows = logits[first + index * width..<first + (index + 1) * width]
                    return zeroShotResult(question, index, Array(rows))
                })
            first += question.pairs.count
        }
        return answers
    }

    /// The label that says that the hypothesis follows; as in transformers the last where no name begins with "entail".
    var entailmentIndex: Int {
        labels.firstIndex { $0.lowercased().hasPrefix("entail") } ?? labels.count - 1
    }

    private func zeroShotResult(_ question: ZeroShotQuestion, _ index: Int, _ rows: [[Double]]) -> ZeroShotResult {
        let entailment = entailmentIndex
        let isOnItsOwn = question.isMultiLabel || rows.count == 1
        let scores: [Double]
        if isOnItsOwn {
            // transformers takes the other end of the labels for contradiction.
            let contradiction = entailment == 0 ? labels.count - 1 : 0
            scores = rows.map { ClassificationFunction.softmax([Float($0[contradiction]), Float($0[entailment])])[1] }
        } else {
            scores = ClassificationFunction.softmax(rows.map { Float($0[entailment]) })
        }
        let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        let texts = question.pairs[index * rows.count..<(index + 1) * rows.count]
        var warnings = loaded.standingWarnings
        for warning in texts.flatMap({ loaded.warnings(for: $0) }) where !warnings.contains(warning) {
            warnings.append(warning)
        }
        return ZeroShotResult(
            sequence: question.sequences[index],
            labels: order.map { LabelScore(label: question.candidates[$0], score: scores[$0]) },
            tokenCount: Array(texts).tokenCount, warnings: warnings)
    }
}
