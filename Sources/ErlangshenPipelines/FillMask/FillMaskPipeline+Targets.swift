extension FillMaskPipeline {
    /// Compares words of one token and of several at a mask.
    ///
    /// transformers keeps only the first token of a word that is no entry of the vocabulary, and Chinese words are not:
    /// 漓江 would be scored as 漓. Here the mask becomes as many masks as the word has tokens w₁…w_k, and
    /// log p = Σ log p(w_i | text, w₁…w_{i−1}), from left to right, the model run anew with each token in place.
    /// For a word of one token that is its probability in the ordinary call.
    ///
    /// - Parameters:
    ///   - text: holds exactly one mask, or one blank (`____`) and no mask.
    ///   - targets: the words; one without any token is left out, with a warning.
    ///   - normalization: by what the words are ranked; both values stand in each score.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/oneMaskExpected(found:maskToken:)``, ``PipelineError/noTargets``,
    ///   ``PipelineError/noMask(maskToken:)``, ``PipelineError/maskCutOff(maskToken:)`` and errors of the model.
    public func compare(
        _ text: String, targets: [String], by normalization: LengthNormalization = .mean, maximumTokens: Int? = nil
    ) throws(PipelineError) -> TargetComparison {
        let input = try singleMask(text, maximumTokens)
        let (words, warnings) = try pieces(targets)
        let values = try chain(words.map(\.pieces), input)
        let scores = zip(words, values).map { word, values in
            TargetScore(
                target: word.target, tokens: word.pieces.map(Int.init), logProbabilities: values,
                text: input.masked.replacing(0, with: word.target))
        }
        let ranked = scores.enumerated().sorted { left, right in
            let a = normalization.value(left.element.logProbabilities)
            let b = normalization.value(right.element.logProbabilities)
            return a == b ? left.offset < right.offset : a > b
        }
        return TargetComparison(
            scores: ranked.map(\.element),
            warnings: standingWarnings + warnings + lengthWarnings(input.encoded))
    }

    private func pieces(
        _ targets: [String]
    ) throws(PipelineError) -> (words: [(target: String, pieces: [Int32])], warnings: [PipelineWarning]) {
        var words: [(target: String, pieces: [Int32])] = []
        var warnings: [PipelineWarning] = []
        for target in targets {
            let pieces = try encoder.pieces(target)
            if pieces.isEmpty {
                warnings.append(.targetIgnored(target: target))
            } else {
                words.append((target, pieces))
            }
        }
        guard !words.isEmpty else { throw .noTargets }
        return (words, warnings)
    }

    /// The conditional log-probabilities of each word's tokens; all words go forward together, a token at a time.
    private func chain(_ words: [[Int32]], _ input: SingleMask) throws(PipelineError) -> [[Double]] {
        var values = words.map { _ in [Double]() }
        for step in 0..<(words.map(\.count).max() ?? 0) {
            let open = words.indices.filter { words[$0].count > step }
            let queries = open.lazy.map { index -> MaskQuery in
                let word = words[index]
                var ids = input.encoded.expanding(at: input.position, into: word.count, maskId: encoder.maskId)
                ids.replaceSubrange(input.position..<input.position + step, with: word[..<step])
                return MaskQuery(ids: ids, positions: [input.position + step])
            }
            try runner.forEachRow(queries) { (index, _, row) throws(PipelineError) in
                let word = open[index]
                values[word].append(row.logProbability(Int(words[word][step])))
            }
        }
        return values
    }
}
