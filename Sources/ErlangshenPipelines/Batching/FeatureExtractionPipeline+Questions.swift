import ErlangshenCompute
import ErlangshenModel

extension FeatureExtractionPipeline {
    /// Numbers in a vector, C.
    public var hiddenSize: Int { loaded.model.config.hiddenSize }

    /// Reads texts with the tokenizer, for ``answers(_:)``. Parameters are those of `embed`; without a pooling each
    /// token keeps its vector.
    ///
    /// - Throws: errors of the tokenizer.
    public func question(
        _ texts: [String], pooling: Pooling? = .mean, isNormalized: Bool = false, maximumTokens: Int? = nil
    ) throws(PipelineError) -> FeatureQuestion {
        var encoded: [EncodedText] = []
        for text in texts {
            encoded.append(try loaded.encoder.encode(text, maximumTokens: maximumTokens, withOffsets: false))
        }
        return FeatureQuestion(texts: encoded, pooling: pooling, isNormalized: isNormalized)
    }

    /// Answers several questions in as few model calls as memory allows, without padding.
    ///
    /// An answer is the same to the last bit whichever questions share its call.
    /// - Returns: for each question the results of its texts.
    /// - Throws: errors of the model; one question's is an error of the call.
    public func answers(_ questions: [FeatureQuestion]) throws(PipelineError) -> [[FeatureResult]] {
        let places = questions.indices.flatMap { index in questions[index].texts.indices.map { _ in index } }
        var answers = questions.map { _ in [FeatureResult]() }
        var next = 0
        for batch in questions.flatMap(\.texts).batches {
            let hidden = try wrapped { () throws(ModelError) in
                try loaded.model.lastHiddenState(SequenceBatch(batch.map(\.ids)))  // [N, C]
            }
            var row = 0
            for text in batch {
                let question = questions[places[next]]
                answers[places[next]].append(try result(hidden, row..<row + text.ids.count, text, question))
                row += text.ids.count
                next += 1
            }
        }
        return answers
    }

    private func result(
        _ hidden: Matrix, _ rows: Range<Int>, _ text: EncodedText, _ question: FeatureQuestion
    ) throws(PipelineError) -> FeatureResult {
        var vectors: [[Double]] = []
        if let pooling = question.pooling {
            vectors = [Self.pool(hidden, rows, pooling)]  // [C]
        } else {
            vectors = rows.map { hidden.row($0).map(Double.init) }  // [S, C]
        }
        if question.isNormalized { vectors = vectors.map(Self.normalized) }
        guard vectors.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw .notFinite }
        return FeatureResult(
            vectors: vectors.map { $0.map(Float.init) }, isPooled: question.pooling != nil,
            tokenCount: text.ids.count, warnings: loaded.warnings(for: text))
    }
}
