internal import ErlangshenCheckpoint
public import ErlangshenCompute

/// The encoder: token ids in, one vector a token out.
///
/// Safe to call from any number of threads at once.
/// *Source:* transformers `DebertaV2Model`, `BertModel`.
public final class EncoderModel: Sendable {
    /// The checkpoint's configuration.
    public let config: EncoderConfig
    /// Where the weights are and the arithmetic runs.
    public let device: Device
    /// What the names of the encoder's tensors begin with.
    let prefix: String
    let embeddings: Embeddings
    let encoder: LayerStack
    let workspaces: WorkspacePool

    /// Loads the encoder of a model folder (`config.json` and its weights); matrix products are computed in `precision`,
    /// nil meaning that of a prepared folder, else fp32.
    ///
    /// - Throws: `ModelError`: a configuration that is not supported, a missing or misshapen tensor, a damaged file.
    public convenience init(
        directory: String, device: Device, precision: Precision? = nil
    ) throws(ModelError) {
        let (loader, config) = try ParameterLoader.open(
            directory, for: "Model", device: device, precision: precision)
        try self.init(loading: loader, config: config)
    }

    init(loading loader: ParameterLoader, config: EncoderConfig) throws(ModelError) {
        // A folder saved from the bare encoder has no "deberta." or "bert." before its names.
        let words = "embeddings.word_embeddings.weight"
        let bare = !loader.has(config.modelType.encoderPrefix + words) && loader.has(words)
        prefix = bare ? "" : config.modelType.encoderPrefix
        self.config = config
        device = loader.device
        embeddings = try Embeddings(loading: loader, at: prefix + "embeddings", config: config)
        encoder = try LayerStack(loading: loader, at: prefix + "encoder", config: config)
        workspaces = WorkspacePool(on: loader.device)
    }

    /// Vectors of the last layer.
    ///
    /// - Returns: [N, C], rows in the order of the batch.
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func lastHiddenState(_ batch: SequenceBatch) throws(ModelError) -> Matrix {
        try run(batch) { hidden, _ throws(ComputeError) in try hidden.read() }
    }

    /// All hidden states: the embeddings, then the output of every layer (the convolution counts with layer 0).
    ///
    /// - Returns: L + 1 matrices [N, C].
    /// - Throws: as `lastHiddenState(_:)`.
    public func hiddenStates(_ batch: SequenceBatch) throws(ModelError) -> [Matrix] {
        try workspaces.withWorkspace { workspace throws(ModelError) in
            let placed = try DeviceBatch(batch, config: config, in: workspace)
            return try onDevice { () throws(ComputeError) in
                var states: [Matrix] = []
                let embedded = try embeddings.forward(placed, in: workspace)  // [N, C]
                _ = try encoder.forward(embedded, layout: placed.layout, in: workspace) { state throws(ComputeError) in
                    states.append(try state.read())
                }
                return states
            }
        }
    }

    /// Runs the encoder and a head on the rows that it reads.
    ///
    /// - Parameters:
    ///   - batch: N tokens.
    ///   - rows: rows of the batch, in any order; nil means all.
    ///   - head: From the last hidden state at those rows, in that order, [M, C], to what is answered.
    func run(
        _ batch: SequenceBatch, rows: [Int]? = nil, head: (Tensor, Workspace) throws(ComputeError) -> Matrix
    ) throws(ModelError) -> Matrix {
        let selection = try rows.map { rows throws(ModelError) in try RowSelection(rows, of: batch) }
        return try workspaces.withWorkspace { workspace throws(ModelError) in
            guard batch.count > 0 else { return Matrix(rows: 0, columns: 0, values: []) }
            let placed = try DeviceBatch(batch, config: config, in: workspace)
            return try onDevice { () throws(ComputeError) in
                let embedded = try embeddings.forward(placed, in: workspace)  // [N, C]
                let queries = try selection?.onDevice(in: workspace)
                var hidden = try encoder.forward(  // [M, C]
                    embedded, rows: queries, layout: placed.layout, in: workspace)
                if let order = selection?.order {
                    hidden = try device.gather(hidden, rows: try workspace.integers(order), in: workspace)
                }
                return try head(hidden, workspace)
            }
        }
    }
}
