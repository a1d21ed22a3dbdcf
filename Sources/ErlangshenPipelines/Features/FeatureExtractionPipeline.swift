public import ErlangshenCompute
public import ErlangshenModel
public import ErlangshenTokenizer

/// Turns texts into vectors: one for each token, or one for the whole text.
public struct FeatureExtractionPipeline: Sendable {
    let model: DebertaV2Model
    let encoder: TextEncoder
    let standingWarnings: [PipelineWarning]

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { encoder.tokenizer }

    /// Loads the tokenizer and the encoder of a folder.
    ///
    /// - Throws: ``PipelineError`` of the tokenizer, the checkpoint or the model; `vocabularyMismatch`.
    public init(directory: String, device: Device) throws(PipelineError) {
        try self.init(directory: directory, device: device, standingWarnings: [])
    }

    /// Loads a folder onto the processor with all its cores.
    public init(directory: String) throws(PipelineError) {
        try self.init(directory: directory, device: standardDevice(), standingWarnings: [])
    }

    /// Loads the default model: for now a tiny one of random weights, of which each result warns.
    ///
    /// - Throws: `demoNotWritten` when no cache or temporary folder takes its files.
    public init() throws(PipelineError) {
        try self.init(device: standardDevice())
    }

    /// Loads the default model onto a device.
    ///
    /// - Throws: `demoNotWritten` when no cache or temporary folder takes its files.
    public init(device: Device) throws(PipelineError) {
        try self.init(directory: DemoCheckpoint.directory(), device: device, standingWarnings: [.randomWeights])
    }

    /// Takes a tokenizer and a model that are already loaded.
    public init(model: DebertaV2Model, tokenizer: BertTokenizer) throws(PipelineError) {
        encoder = try TextEncoder(tokenizer: tokenizer, modelVocabularySize: model.config.vocabSize)
        self.model = model
        standingWarnings = []
    }

    init(directory: String, device: Device, standingWarnings: [PipelineWarning]) throws(PipelineError) {
        let tokenizer = try TextEncoder.tokenizer(directory: directory)
        model = try loading { () throws(ModelError) in try DebertaV2Model(directory: directory, device: device) }
        encoder = try TextEncoder(tokenizer: tokenizer, modelVocabularySize: model.config.vocabSize)
        self.standingWarnings = standingWarnings
    }

    /// The last hidden state of each token of a text, special tokens included.
    ///
    /// Shapes: [S, C].
    /// - Parameters:
    ///   - text: any text.
    ///   - maximumTokens: cuts longer texts; nil never cuts.
    /// - Throws: errors of the tokenizer and the model.
    public func callAsFunction(_ text: String, maximumTokens: Int? = nil) throws(PipelineError) -> Matrix {
        let encoded = try encoder.encode(text, maximumTokens: maximumTokens, withOffsets: false)
        return try loading { () throws(ModelError) in
            try model.lastHiddenState(SequenceBatch([encoded.ids]))  // [S, C]
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
        var encoded: [EncodedText] = []
        for text in texts {
            encoded.append(try encoder.encode(text, maximumTokens: maximumTokens, withOffsets: false))
        }
        var embeddings: [TextEmbedding] = []
        for range in batches(encoded, maximumTokens: FillMaskPipeline.maximumBatchTokens) {
            let hidden = try loading { () throws(ModelError) in
                try model.lastHiddenState(SequenceBatch(encoded[range].map(\.ids)))  // [N, C]
            }
            var row = 0
            for text in encoded[range] {
                let vector = Self.pool(hidden, row..<row + text.ids.count, pooling)  // [C]
                guard vector.allSatisfy(\.isFinite) else { throw .notFinite }
                embeddings.append(embedding(isNormalized ? Self.normalized(vector) : vector, text))
                row += text.ids.count
            }
        }
        return embeddings
    }

    private func embedding(_ values: [Double], _ text: EncodedText) -> TextEmbedding {
        TextEmbedding(
            values: values.map(Float.init), tokenCount: text.ids.count,
            warnings: standingWarnings + text.lengthWarnings(trainedOn: model.config.maxPositionEmbeddings))
    }

    private static func pool(_ hidden: Matrix, _ rows: Range<Int>, _ pooling: Pooling) -> [Double] {
        guard pooling == .mean else { return hidden.row(rows.lowerBound).map(Double.init) }
        var sum = [Double](repeating: 0, count: hidden.columns)
        for row in rows {
            for (column, value) in hidden.row(row).enumerated() { sum[column] += Double(value) }
        }
        return sum.map { $0 / Double(rows.count) }
    }

    /// The vector at length one; a zero vector as it is.
    private static func normalized(_ vector: [Double]) -> [Double] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
