public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// Turns texts into vectors: one for each token, or one for the whole text.
public struct FeatureExtractionPipeline: Sendable {
    let loaded: LoadedModel<EncoderModel>

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { loaded.encoder.tokenizer }

    /// Loads the tokenizer and the encoder of a folder.
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
        loaded = try LoadedModel(directory: directory, device: device, precision: precision)
    }

    init(_ loaded: LoadedModel<EncoderModel>) { self.loaded = loaded }

    /// Takes a tokenizer and a model that are already loaded.
    ///
    /// - Throws: `vocabularyMismatch`.
    public init(model: EncoderModel, tokenizer: BertTokenizer) throws(PipelineError) {
        loaded = try LoadedModel(model: model, tokenizer: tokenizer)
    }

    /// The last hidden state of each token of a text, special tokens included.
    ///
    /// Shapes: [S, C].
    /// - Parameters:
    ///   - text: any text.
    ///   - maximumTokens: cuts longer texts; nil never cuts.
    /// - Throws: errors of the tokenizer and the model.
    public func callAsFunction(_ text: String, maximumTokens: Int? = nil) throws(PipelineError) -> Matrix {
        let encoded = try loaded.encoder.encode(text, maximumTokens: maximumTokens, withOffsets: false)
        return try wrapped { () throws(ModelError) in
            try loaded.model.lastHiddenState(SequenceBatch([encoded.ids]))  // [S, C]
        }
    }

    /// One vector for each text, packed without padding.
    ///
    /// - Parameters:
    ///   - texts: any texts.
    ///   - pooling: how the vectors of the tokens become one.
    ///   - isNormalized: divides the vector by its Euclidean length, so that a dot product is a cosine.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: errors of the tokenizer and the model.
    public func embed(
        _ texts: [String], pooling: Pooling = .mean, isNormalized: Bool = false, maximumTokens: Int? = nil
    ) throws(PipelineError) -> [TextEmbedding] {
        let question = try question(
            texts, pooling: pooling, isNormalized: isNormalized, maximumTokens: maximumTokens)
        return try answers([question])[0].map { result in
            TextEmbedding(
                values: result.vectors[0], tokenCount: result.tokenCount, warnings: result.warnings)
        }
    }

    static func pool(_ hidden: Matrix, _ rows: Range<Int>, _ pooling: Pooling) -> [Double] {
        guard pooling == .mean else { return hidden.row(rows.lowerBound).map(Double.init) }
        var sum = [Double](repeating: 0, count: hidden.columns)
        for row in rows {
            for (column, value) in hidden.row(row).enumerated() { sum[column] += Double(value) }
        }
        return sum.map { $0 / Double(rows.count) }
    }

    /// The vector at length one; a zero vector as it is.
    static func normalized(_ vector: [Double]) -> [Double] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
