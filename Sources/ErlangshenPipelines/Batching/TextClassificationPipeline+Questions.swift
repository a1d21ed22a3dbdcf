import ErlangshenModel

extension TextClassificationPipeline {
    /// Reads texts and pairs with the tokenizer, for `answers`. Parameters are those of the call.
    ///
    /// - Throws: ``PipelineError/invalidCount(name:value:)`` and errors of the tokenizer.
    public func question(
        _ inputs: [TextClassificationInput], topK: Int? = 1, function: ClassificationFunction? = nil,
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> TextClassificationQuestion {
        if let topK, topK < 1 { throw .invalidCount(name: "topK", value: topK) }
        var texts: [EncodedText] = []
        for input in inputs {
            texts.append(
                try loaded.encoder.encode(
                    input.text, pair: input.pair, maximumTokens: maximumTokens, withOffsets: false))
        }
        return TextClassificationQuestion(texts: texts, topK: topK, function: function)
    }

    /// Answers several questions in as few model calls as memory allows, without padding.
    ///
    /// An answer is the same to the last bit whichever questions share its call.
    /// - Returns: for each question the results of its texts.
    /// - Throws: errors of the model; one question's is an error of the call.
    public func answers(
        _ questions: [TextClassificationQuestion]
    ) throws(PipelineError) -> [[TextClassificationResult]] {
        let places = questions.indices.flatMap { index in questions[index].texts.indices.map { _ in index } }
        var answers = questions.map { _ in [TextClassificationResult]() }
        try forEachRow(questions.flatMap(\.texts)) { (index, text, logits) throws(PipelineError) in
            let question = questions[places[index]]
            let scores = (question.function ?? standardFunction)(logits)
            guard scores.allSatisfy(\.isFinite) else { throw .notFinite }
            answers[places[index]].append(result(scores, text, question.topK))
        }
        return answers
    }

    /// Calls `body(index, text, logits)` for each text, in order; the model runs on packed batches.
    ///
    /// *Shapes:* logits [labels].
    func forEachRow(
        _ texts: [EncodedText], _ body: (Int, EncodedText, ArraySlice<Float>) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        var first = 0
        for batch in texts.batches {
            let logits = try wrapped { () throws(ModelError) in
                let types = loaded.model.config.typeVocabSize > 0 ? batch.map(\.tokenTypeIds) : nil
                return try loaded.model.logits(SequenceBatch(batch.map(\.ids), tokenTypeIds: types))  // [B, labels]
            }
            for (row, text) in batch.enumerated() { try body(first + row, text, logits.row(row)) }
            first += batch.count
        }
    }
}
