import ErlangshenModel

extension FeatureExtractionPipeline {
    /// Layers of the encoder, L.
    public var layerCount: Int { loaded.model.config.numHiddenLayers }

    /// Attention heads of a layer, H.
    public var headCount: Int { loaded.model.config.numAttentionHeads }

    /// Where the character at a position looks; see ``attentionQuestion(_:position:layer:head:maximumTokens:)``.
    ///
    /// - Throws: ``PipelineError/outOfRange(name:value:range:)``, ``PipelineError/nothingToScore`` and errors of the
    ///   tokenizer and the model.
    public func attention(
        _ text: String, position: Int = 0, layer: Int? = nil, head: Int? = nil, maximumTokens: Int? = nil
    ) throws(PipelineError) -> AttentionResult {
        try answer(
            attentionQuestion(text, position: position, layer: layer, head: head, maximumTokens: maximumTokens))
    }

    /// Reads a text with the tokenizer, for `answer`; no weights are touched.
    ///
    /// - Parameters:
    ///   - text: any text that has tokens.
    ///   - position: a place in the text, in Unicode scalars. The token that holds it looks; where none does, the next
    ///     one, and behind the last token that one.
    ///   - layer: 0…L−1; nil means the last.
    ///   - head: 0…H−1; nil gives the means over all heads.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/outOfRange(name:value:range:)``, ``PipelineError/nothingToScore`` for a text without
    ///   tokens, and errors of the tokenizer.
    public func attentionQuestion(
        _ text: String, position: Int = 0, layer: Int? = nil, head: Int? = nil, maximumTokens: Int? = nil
    ) throws(PipelineError) -> AttentionQuestion {
        let layer = layer ?? layerCount - 1
        let length = text.unicodeScalars.count
        for (name, value, count) in [
            ("layer", layer, layerCount), ("head", head ?? 0, headCount), ("position", position, max(1, length)),
        ] where !(0..<count).contains(value) {
            throw .outOfRange(name: name, value: value, range: 0...max(0, count - 1))
        }
        let encoded = try loaded.encoder.encode(text, maximumTokens: maximumTokens)
        let scalars = ScalarOffsets(text)
        let own = encoded.ids.indices.filter { !encoded.utf8Ranges[$0].isEmpty }
        guard let last = own.last else { throw .nothingToScore }
        let query = own.first { scalars.scalars(encoded.utf8Ranges[$0]).upperBound > position } ?? last
        return AttentionQuestion(encoded: encoded, query: query, layer: layer, head: head)
    }

    /// Where the token of a question looks.
    ///
    /// - Throws: errors of the model.
    public func answer(_ question: AttentionQuestion) throws(PipelineError) -> AttentionResult {
        let encoded = question.encoded
        let row = try wrapped { () throws(ModelError) in
            try loaded.model.attention(
                encoded.ids, layer: question.layer, head: question.head, query: question.query)
        }
        guard row.weights.allSatisfy(\.isFinite) else { throw .notFinite }
        let scalars = ScalarOffsets(encoded.text)
        let tokens = encoded.ids.indices.map { place in
            let range = encoded.utf8Ranges[place]
            return AttentionToken(
                text: range.isEmpty ? loaded.encoder.token(Int(encoded.ids[place])) : scalars.text(range),
                range: scalars.scalars(range), weight: row.weights[place], c2c: row.c2c[place],
                c2p: row.c2p?[place], p2c: row.p2c?[place])
        }
        return AttentionResult(
            layer: question.layer, layerCount: layerCount, head: question.head, headCount: headCount,
            query: question.query, tokens: tokens, shares: row.shares, warnings: loaded.warnings(for: encoded))
    }
}
