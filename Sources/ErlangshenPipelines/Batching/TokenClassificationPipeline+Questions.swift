import ErlangshenModel

extension TokenClassificationPipeline {
    /// Reads texts with the tokenizer, for ``answers(_:)``. Parameters are those of the call.
    ///
    /// - Throws: errors of the tokenizer.
    public func question(
        _ texts: [String], aggregation: AggregationStrategy = .simple, ignoring: Set<String> = ["O"],
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> TokenClassificationQuestion {
        var encoded: [EncodedText] = []
        for text in texts { encoded.append(try loaded.encoder.encode(text, maximumTokens: maximumTokens)) }
        return TokenClassificationQuestion(texts: encoded, aggregation: aggregation, ignored: ignoring)
    }

    /// Answers several questions in as few model calls as memory allows, without padding.
    ///
    /// An answer is the same to the last bit whichever questions share its call.
    /// - Returns: for each question the results of its texts.
    /// - Throws: errors of the model; one question's is an error of the call.
    public func answers(
        _ questions: [TokenClassificationQuestion]
    ) throws(PipelineError) -> [[TokenClassificationResult]] {
        let places = questions.indices.flatMap { index in questions[index].texts.indices.map { _ in index } }
        let aggregators = questions.map { EntityAggregator(labels: labels, strategy: $0.aggregation) }
        var answers = questions.map { _ in [TokenClassificationResult]() }
        var next = 0
        for batch in questions.flatMap(\.texts).batches {
            let logits = try wrapped { () throws(ModelError) in
                try loaded.model.logits(SequenceBatch(batch.map(\.ids)))  // [N, labels]
            }
            var row = 0
            for text in batch {
                let index = places[next]
                let offsets = ScalarOffsets(text.text)
                let spans = aggregators[index].spans(try tokens(of: text, logits, from: row, offsets))
                let kept = spans.filter { !questions[index].ignored.contains($0.label) }
                answers[index].append(result(kept, text, offsets))
                row += text.ids.count
                next += 1
            }
        }
        return answers
    }
}
