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
    let loaded: LoadedModel<EncoderForTokenClassification>

    /// The names of the tags, by index.
    public var labels: [String] { loaded.labels }

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { loaded.encoder.tokenizer }

    /// Loads the tokenizer and the tagger of a folder.
    ///
    /// - Parameters:
    ///   - directory: the folder of a fine-tuned model.
    ///   - device: where it runs; nil takes the processor with all its cores.
    ///   - precision: in what matrix products are computed, nil meaning that of a prepared folder, else fp32; results
    ///     warn when the device lacks it.
    /// - Throws: ``PipelineError`` of the tokenizer, the checkpoint or the model; `vocabularyMismatch`, `noLabels`.
    public init(
        directory: String, device: Device? = nil, precision: PrecisionChoice? = nil
    ) throws(PipelineError) {
        loaded = try LoadedModel(directory: directory, device: device, precision: precision).requiringLabels()
    }

    init(_ loaded: LoadedModel<EncoderForTokenClassification>) { self.loaded = loaded }

    /// Takes a tokenizer and a model that are already loaded.
    ///
    /// - Throws: `vocabularyMismatch`, `noLabels`.
    public init(model: EncoderForTokenClassification, tokenizer: BertTokenizer) throws(PipelineError) {
        loaded = try LoadedModel(model: model, tokenizer: tokenizer).requiringLabels()
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
        try answers([
            question(texts, aggregation: aggregation, ignoring: ignoring, maximumTokens: maximumTokens)
        ])[0]
    }

    /// The tokens of one text with the probabilities of their tags; those that the tokenizer added are left out.
    func tokens(
        of text: EncodedText, _ logits: Matrix, from row: Int, _ offsets: ScalarOffsets
    ) throws(PipelineError) -> [EntityAggregator.Token] {
        var tokens: [EntityAggregator.Token] = []
        for index in text.ids.indices where !text.isAdded[index] {
            let scores = ClassificationFunction.softmax(logits.row(row + index))  // [labels]
            guard scores.allSatisfy(\.isFinite) else { throw .notFinite }
            let token = loaded.encoder.token(Int(text.ids[index]))
            let range = text.utf8Ranges[index]
            let isUnknown = text.ids[index] == loaded.encoder.unknownId
            tokens.append(
                EntityAggregator.Token(
                    index: index, piece: isUnknown ? offsets.text(range) : token, scores: scores,
                    range: offsets.scalars(range), utf8Range: range,
                    isContinuation: !isUnknown && MaskedText.surface(token) != token))
        }
        return tokens
    }

    func result(
        _ spans: [EntityAggregator.Span], _ text: EncodedText, _ offsets: ScalarOffsets
    ) -> TokenClassificationResult {
        TokenClassificationResult(
            entities: spans.map { span in
                TokenEntity(
                    label: span.label, score: span.score, index: span.index,
                    word: span.index == nil ? tokenizer.joined(span.pieces) : span.pieces[0],
                    text: offsets.text(span.utf8Range), range: span.range, utf8Range: span.utf8Range)
            },
            tokenCount: text.ids.count,
            warnings: loaded.warnings(for: text))
    }
}
