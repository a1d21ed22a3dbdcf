extension FillMaskPipeline {
    /// Reads texts with the tokenizer, for ``answers(_:)``. Parameters are those of the call; no weights are touched.
    ///
    /// - Throws: ``PipelineError/noMask(maskToken:)``, ``PipelineError/maskCutOff(maskToken:)``, ``PipelineError/noTargets``,
    ///   ``PipelineError/invalidCount(name:value:)`` and errors of the tokenizer.
    public func question(
        _ texts: [String], topK: Int = 5, targets: [String]? = nil, maximumTokens: Int? = nil
    ) throws(PipelineError) -> FillMaskQuestion {
        guard topK >= 1 else { throw .invalidCount(name: "topK", value: topK) }
        let candidates = try targets.map { words throws(PipelineError) in try TargetCandidates(words, encoder) }
        var inputs: [MaskedInput] = []
        for text in texts { inputs.append(try maskedInput(text, maximumTokens)) }
        return FillMaskQuestion(inputs: inputs, topK: topK, candidates: candidates)
    }

    /// Answers several questions in as few model calls as memory allows, without padding.
    ///
    /// An answer is the same to the last bit whichever questions share its call: no row of a product depends on others.
    /// - Returns: for each question the results of its texts.
    /// - Throws: errors of the model; one question's is an error of the call.
    public func answers(_ questions: [FillMaskQuestion]) throws(PipelineError) -> [[FillMaskResult]] {
        let places = questions.indices.flatMap { question in
            questions[question].inputs.indices.map { (question: question, input: $0) }
        }
        var masks = questions.map { $0.inputs.map { _ in [[FillMaskPrediction]]() } }
        let queries = places.lazy.map { place in
            let input = questions[place.question].inputs[place.input]
            return MaskQuery(ids: input.encoded.ids, positions: input.positions)
        }
        try runner.forEachRow(queries) { (index, mask, row) throws(PipelineError) in
            let place = places[index]
            let question = questions[place.question]
            let tokens = question.candidates.map { $0.top(question.topK, row) } ?? row.top(question.topK)
            var predictions: [FillMaskPrediction] = []
            for token in tokens {
                predictions.append(try prediction(token, row, question.inputs[place.input], mask))
            }
            masks[place.question][place.input].append(predictions)
        }
        return zip(questions, masks).map { question, masks in results(question, masks) }
    }

    private func results(_ question: FillMaskQuestion, _ masks: [[[FillMaskPrediction]]]) -> [FillMaskResult] {
        zip(question.inputs, masks).map { input, masks in
            FillMaskResult(
                masks: masks, tokenCount: input.encoded.ids.count,
                warnings: standingWarnings + (question.candidates?.warnings ?? []) + lengthWarnings(input.encoded))
        }
    }
}
