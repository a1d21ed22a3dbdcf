public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// Finds the names, places and other entities of a text with a fine-tuned model.
///
/// Replies are those of transformers' token-classification pipeline, for BIO tags and label sets without prefixes; sets
/// that also mark the end of an entity (BIOES, BIOS, BMES, BILOU) are read by their marks. One difference: a token
/// continues a word when it begins with `##`, where transformers compares the token's length with its text's, which
/// goes wrong after accents were stripped.
public struct TokenClassificationPipeline: Sendable {
    let model: DebertaV2ForTokenClassification
    let encoder: TextEncoder

    /// The names of the tags, by index.
    public var labels: [String] { model.config.id2label }

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { encoder.tokenizer }

    /// Loads the tokenizer and the tagger of a folder.
    ///
    /// - Throws: ``PipelineError`` of the tokenizer, the checkpoint or the model; `vocabularyMismatch`.
    public init(directory: String, device: Device) throws(PipelineError) {
        let tokenizer = try TextEncoder.tokenizer(directory: directory)
        let model = try loading { () throws(ModelError) in
            try DebertaV2ForTokenClassification(directory: directory, device: device)
        }
        try self.init(model: model, tokenizer: tokenizer)
    }

    /// Loads a folder onto the processor with all its cores.
    public init(directory: String) throws(PipelineError) {
        try self.init(directory: directory, device: standardDevice())
    }

    /// Takes a tokenizer and a model that are already loaded.
    public init(model: DebertaV2ForTokenClassification, tokenizer: BertTokenizer) throws(PipelineError) {
        encoder = try TextEncoder(tokenizer: tokenizer, modelVocabularySize: model.config.vocabSize)
        guard !model.config.id2label.isEmpty else { throw .noLabels }
        self.model = model
    }

    /// Tags one text.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - aggregation: whether and how tokens become entities.
    ///   - ignoring: tags and kinds of entity that are left out.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: errors of the tokenizer and the model.
    public func callAsFunction(
        _ text: String, aggregation: AggregationStrategy = .simple, ignoring: Set<String> = ["O"],
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> TokenClassificationResult {
        try self([text], aggregation: aggregation, ignoring: ignoring, maximumTokens: maximumTokens)[0]
    }

    /// Tags several texts, packed without padding. Parameters and errors are those of the call with one text.
    public func callAsFunction(
        _ texts: [String], aggregation: AggregationStrategy = .simple, ignoring: Set<String> = ["O"],
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> [TokenClassificationResult] {
        var encoded: [EncodedText] = []
        for text in texts { encoded.append(try encoder.encode(text, maximumTokens: maximumTokens)) }
        let aggregator = EntityAggregator(labels: labels, strategy: aggregation)
        var results: [TokenClassificationResult] = []
        for range in batches(encoded, maximumTokens: FillMaskPipeline.maximumBatchTokens) {
            let logits = try loading { () throws(ModelError) in
                try model.logits(SequenceBatch(encoded[range].map(\.ids)))  // [N, labels]
            }
            var row = 0
            for text in encoded[range] {
                let offsets = ScalarOffsets(text.text)
                let spans = aggregator.spans(try tokens(of: text, logits, from: row, offsets))
                results.append(result(spans.filter { !ignoring.contains($0.label) }, text, offsets))
                row += text.ids.count
            }
        }
        return results
    }

    /// The tokens of one text with the probabilities of their tags; those that the tokenizer added are left out.
    private func tokens(
        of text: EncodedText, _ logits: Matrix, from row: Int, _ offsets: ScalarOffsets
    ) throws(PipelineError) -> [EntityAggregator.Token] {
        var tokens: [EntityAggregator.Token] = []
        for index in text.ids.indices where !text.isAdded[index] {
            let scores = ClassificationFunction.softmax(logits.row(row + index))  // [labels]
            guard scores.allSatisfy(\.isFinite) else { throw .notFinite }
            let token = encoder.token(Int(text.ids[index]))
            let range = text.utf8Ranges[index]
            let isUnknown = text.ids[index] == encoder.unknownId
            tokens.append(
                EntityAggregator.Token(
                    index: index, piece: isUnknown ? offsets.text(range) : token, scores: scores,
                    range: offsets.scalars(range), utf8Range: range,
                    isContinuation: !isUnknown && MaskedText.surface(token) != token))
        }
        return tokens
    }

    private func result(
        _ spans: [EntityAggregator.Span], _ text: EncodedText, _ offsets: ScalarOffsets
    ) -> TokenClassificationResult {
        TokenClassificationResult(
            entities: spans.map { span in
                TokenEntity(
                    label: span.label, score: span.score, index: span.index,
                    word: span.index == nil ? PieceDecoder.decode(span.pieces) : span.pieces[0],
                    text: offsets.text(span.utf8Range), range: span.range, utf8Range: span.utf8Range)
            },
            tokenCount: text.ids.count,
            warnings: text.lengthWarnings(trainedOn: model.config.maxPositionEmbeddings))
    }
}
