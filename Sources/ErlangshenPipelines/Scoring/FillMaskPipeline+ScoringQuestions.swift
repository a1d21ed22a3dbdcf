extension FillMaskPipeline {
    /// Reads texts with the tokenizer, for ``score(_:)``. Parameters are those of ``score(_:maximumTokens:)``.
    ///
    /// - Throws: ``PipelineError/nothingToScore`` for a text without tokens, and errors of the tokenizer.
    public func scoringQuestion(
        _ texts: [String], maximumTokens: Int? = nil
    ) throws(PipelineError) -> TextScoringQuestion {
        var inputs: [ScoredInput] = []
        for text in texts {
            let encoded = try encoder.encode(text, maximumTokens: maximumTokens)
            let positions = encoded.ids.indices.filter { place in
                let id = encoded.ids[place]
                return !encoder.isSpecial(id) || id == encoder.unknownId
            }
            guard !positions.isEmpty else { throw .nothingToScore }
            inputs.append(ScoredInput(encoded: encoded, positions: positions))
        }
        return TextScoringQuestion(inputs: inputs)
    }

    /// Scores each text of a question.
    ///
    /// - Returns: the scores of its texts.
    /// - Throws: errors of the model.
    public func score(_ question: TextScoringQuestion) throws(PipelineError) -> [TextScore] {
        var scores: [TextScore] = []
        for input in question.inputs { scores.append(try score(input)) }
        return scores
    }
}
