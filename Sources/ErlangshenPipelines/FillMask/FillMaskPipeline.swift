public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// Fills the masks of Chinese text: what may stand at `[MASK]`, how likely it is, and what the text then reads like.
///
///     let fillMask = try FillMaskPipeline(directory: "Erlangshen-DeBERTa-v2-97M-Chinese")
///     let result = try fillMask("桂林是世界闻名的旅游城市,它有[MASK]江。")
///     for prediction in result.predictions { print(prediction.score, prediction.text) }
///
/// Scores, targets and replies are those of transformers' fill-mask pipeline. Beyond it stand
/// ``fillJointly(_:topK:beamWidth:order:maximumTokens:)``, ``compare(_:targets:by:maximumTokens:)``,
/// ``fillBlank(_:topK:maximumLength:beamWidth:by:maximumTokens:)`` and ``score(_:maximumTokens:)``.
public struct FillMaskPipeline: Sendable {
    let runner: QueryRunner
    let encoder: TextEncoder
    /// What joint filling never proposes, as flags by id.
    let excludedIds: [Bool]  // [V]
    let trainedLength: Int
    let standingWarnings: [PipelineWarning]

    /// How the tokenizer writes a mask: `[MASK]`.
    public var maskToken: String { encoder.maskToken }

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { encoder.tokenizer }

    /// Tokens that one model call takes at most, unless a single text is longer: the bound on memory.
    ///
    /// Note: on the 97M shape with two threads, scoring 110 characters took 13.8 s and 0.77 GB with 512, and 23 s and
    /// 1.7 GB with 2,048: larger batches gain nothing on a processor.
    public static let maximumBatchTokens = 512

    /// Loads the tokenizer and the masked language model of a folder.
    ///
    /// - Parameters:
    ///   - directory: a model folder; nil takes the default model, for now a tiny one of random weights, of which each
    ///     result warns.
    ///   - device: where it runs; nil takes the processor with all its cores.
    ///   - precision: in what matrix products are computed, nil meaning that of a prepared folder, else fp32; results
    ///     warn when the device lacks it.
    /// - Throws: ``PipelineError`` of the tokenizer, the checkpoint or the model; `vocabularyMismatch`; for the default
    ///   model `demoNotWritten` when no cache or temporary folder takes its files.
    public init(
        directory: String? = nil, device: Device? = nil, precision: PrecisionChoice? = nil
    ) throws(PipelineError) {
        try self.init(LoadedModel(directory: directory, device: device, precision: precision))
    }

    /// Takes a tokenizer and a model that are already loaded.
    ///
    /// - Throws: `vocabularyMismatch`.
    public init(model: EncoderForMaskedLM, tokenizer: BertTokenizer) throws(PipelineError) {
        try self.init(LoadedModel(model: model, tokenizer: tokenizer))
    }

    init(_ loaded: LoadedModel<EncoderForMaskedLM>) {
        self.init(
            model: loaded.model, encoder: loaded.encoder, vocabularySize: loaded.model.config.vocabSize,
            trainedLength: loaded.model.config.maxPositionEmbeddings, standingWarnings: loaded.standingWarnings)
    }

    init(
        model: any MaskedLanguageModel, encoder: TextEncoder, vocabularySize: Int, trainedLength: Int,
        standingWarnings: [PipelineWarning]
    ) {
        self.encoder = encoder
        runner = QueryRunner(model: model, maximumTokens: Self.maximumBatchTokens)
        excludedIds = (0..<vocabularySize).map { !encoder.isWord($0) }
        self.trainedLength = trainedLength
        self.standingWarnings = standingWarnings
    }

    /// Fills the masks of one text, each on its own while the others stay masked.
    ///
    /// - Parameters:
    ///   - text: holds at least one mask.
    ///   - topK: predictions for each mask; more than there are candidates gives all of them.
    ///   - targets: the only words to score, by their probability over the whole vocabulary. One that is no entry of
    ///     the vocabulary stands for its first token, with a warning.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/noMask(maskToken:)``, ``PipelineError/maskCutOff(maskToken:)``, ``PipelineError/noTargets``,
    ///   ``PipelineError/invalidCount(name:value:)`` and errors of the model.
    public func callAsFunction(
        _ text: String, topK: Int = 5, targets: [String]? = nil, maximumTokens: Int? = nil
    ) throws(PipelineError) -> FillMaskResult {
        try self([text], topK: topK, targets: targets, maximumTokens: maximumTokens)[0]
    }

    /// Fills the masks of several texts in as few model calls as memory allows, without padding.
    ///
    /// Parameters and errors are those of the call with one text; an error in one text is an error of the call.
    public func callAsFunction(
        _ texts: [String], topK: Int = 5, targets: [String]? = nil, maximumTokens: Int? = nil
    ) throws(PipelineError) -> [FillMaskResult] {
        try answers([question(texts, topK: topK, targets: targets, maximumTokens: maximumTokens)])[0]
    }

    func prediction(
        _ token: Int, _ row: LogitRow, _ input: MaskedInput, _ mask: Int
    ) throws(PipelineError) -> FillMaskPrediction {
        var ids = input.encoded.ids
        ids[input.positions[mask]] = Int32(token)
        ids.removeAll { $0 == encoder.padId }
        return FillMaskPrediction(
            score: row.probability(token), token: token, tokenString: try encoder.decode([Int32(token)]),
            sequence: try encoder.decode(ids, skipsSpecialTokens: input.positions.count == 1),
            text: input.masked.filled([mask: [encoder.token(token)]]))
    }
}
