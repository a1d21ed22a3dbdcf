internal import ErlangshenCompute

/// The stack of layers, with the relative table that all of them share.
///
/// *Shapes:* x [N, C]; rel_embeddings [R, C], R = 2·span.
/// *Source:* transformers `DebertaV2Encoder`, `BertEncoder`.
struct LayerStack: Sendable {
    let layer: [EncoderLayer]
    let conv: ConvLayer?

    init(
        loading loader: ParameterLoader, at prefix: String, config: EncoderConfig
    ) throws(ModelError) {
        let workspace = Workspace(on: loader.device)
        let hiddenSize = config.hiddenSize
        // The table is a constant of inference: layers keep its projections, not the table itself.
        var relEmbeddings: Tensor?
        if config.relativeAttention, loader.preparedPrecision == nil {
            let rows = 2 * config.relativePosition.span
            let table = try loader.unrecorded.table(  // [R, C]
                prefix + ".rel_embeddings.weight", rows: rows, columns: hiddenSize)
            if config.normalisesRelEmbeddings {
                let norm = try loader.unrecorded.layerNorm(
                    prefix + ".LayerNorm", count: hiddenSize, eps: config.layerNormEps)
                try onDevice { () throws(ComputeError) in try norm.forward(table) }
            }
            relEmbeddings = table
        }
        var layers: [EncoderLayer] = []
        for index in 0..<config.numHiddenLayers {
            layers.append(
                try EncoderLayer(
                    loading: loader, at: "\(prefix).layer.\(index)", config: config, relEmbeddings: relEmbeddings,
                    selectsRows: index == config.numHiddenLayers - 1, in: workspace))
        }
        layer = layers
        conv = config.convKernelSize > 0 ? try ConvLayer(loading: loader, at: prefix + ".conv", config: config) : nil
    }

    /// Runs all layers, the last one for the rows that are wanted.
    ///
    /// - Parameters:
    ///   - embeddings: [N, C].
    ///   - rows: M rows of the batch; nil means all, M = N.
    ///   - layout: Where the sequences lie.
    ///   - workspace: Where the result lives.
    ///   - observe: Called with each hidden state: the embeddings, then the output of every layer.
    /// - Returns: [M, C]
    func forward(
        _ embeddings: Tensor, rows: QueryRows? = nil, layout: AttentionLayout, in workspace: Workspace,
        observe: ((Tensor) throws(ComputeError) -> Void)? = nil
    ) throws(ComputeError) -> Tensor {
        try observe?(embeddings)
        var x = embeddings  // [N, C]
        var y = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
        for (index, layer) in layer.enumerated() {
            let convolves = index == 0 && conv != nil
            // The convolution reads neighbours: a first layer that is the last one too is computed whole.
            let wanted = index == self.layer.count - 1 && !convolves ? rows : nil
            if let wanted { y = try workspace.tensor(rows: wanted.rows.count, columns: x.columns) }  // [M, C]
            try layer.forward(x, into: y, rows: wanted, layout: layout, in: workspace)
            if convolves, let conv { try conv.forward(embeddings, residual: y, layout: layout, in: workspace) }
            try observe?(y)
            (x, y) = (y, x)
        }
        guard let rows, x.rows != rows.rows.count else { return x }
        return try x.device.gather(x, rows: rows.rows, in: workspace)  // [M, C]
    }
}
