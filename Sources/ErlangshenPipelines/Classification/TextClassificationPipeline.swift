public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// Puts labels on texts and pairs of texts with a fine-tuned model.
///
/// Scores and replies are those of transformers' text-classification pipeline.
public struct TextClassificationPipeline: Sendable {
    let loaded: LoadedModel<EncoderForSequenceClassification>

    /// The names of the labels, by index.
    public var labels: [String] { loaded.labels }

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { loaded.encoder.tokenizer }

    /// Loads the tokenizer and the classifier of a folder.
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

    init(_ loaded: LoadedModel<EncoderForSequenceClassification>) { self.loaded = loaded }

    /// Takes a tokenizer and a model that are already loaded.
    ///
    /// - Throws: `vocabularyMismatch`, `noLabels`.
    public init(model: EncoderForSequenceClassification, tokenizer: BertTokenizer) throws(PipelineError) {
        loaded = try LoadedModel(model: model, tokenizer: tokenizer).requiringLabels()
    }

    /// The function that is applied when none is named: from the model's problem type and number of labels.
    public var standardFunction: ClassificationFunction {
        .standard(problemType: loaded.model.config.problemType, labelCount: labels.count)
    }

    /// Classifies one text or pair.
    ///
    /// - Parameters:
    ///   - input: a text or a pair.
    ///   - topK: labels to give; nil gives all, more than there are too.
    ///   - function: how logits become scores; nil takes ``standardFunction``.
    ///   - maximumTokens: cuts longer texts (the longer of a pair first), with a warning; nil never cuts.
    /// - Throws: ``PipelineError/invalidCount(name:value:)``, and errors of the tokenizer and the model.
    public func callAsFunction(
        _ input: TextClassificationInput, topK: Int? = 1, function: ClassificationFunction? = nil,
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> TextClassificationResult {
        try self([input], topK: topK, function: function, maximumTokens: maximumTokens)[0]
    }

    /// Classifies several texts and pairs, packed without padding. A list of two texts is a batch, never a pair.
    ///
    /// Parameters and errors are those of the call with one input.
    public func callAsFunction(
        _ inputs: [TextClassificationInput], topK: Int? = 1, function: ClassificationFunction? = nil,
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> [TextClassificationResult] {
        try answers([question(inputs, topK: topK, function: function, maximumTokens: maximumTokens)])[0]
    }

    func result(_ scores: [Double], _ text: EncodedText, _ topK: Int?) -> TextClassificationResult {
        let ranked = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        return TextClassificationResult(
            labels: ranked.prefix(topK ?? ranked.count).map { LabelScore(label: labels[$0], score: scores[$0]) },
            tokenCount: text.ids.count,
            warnings: loaded.warnings(for: text))
    }
}
