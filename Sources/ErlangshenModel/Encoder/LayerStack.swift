internal import ErlangshenCompute

/// The stack of layers, with the relative table that all of them share.
///
/// *Shapes:* x [N, C]; rel_embeddings [R, C], R = 2·span.
/// *Source:* transformers `DebertaV2Encoder`, `BertEncoder`.
struct LayerStack: Sendable {
    let layer: [EncoderLayer]
    let conv: ConvLayer?
    /// In training: the relative table itself.
    let trainedTable: TrainedRelativeTable?

    init(
        loading loader: ParameterLoader, at prefix: String, config: EncoderConfig
    ) throws(ModelError) {
        let workspace = Workspace(on: loader.device)
        let hiddenSize = config.hiddenSize
        // The table is a constant of inference: layers keep its projections, not the table itself.
        var relEmbeddings: Tensor?
        trainedTable =
            config.relativeAttention && loader.isTraining
            ? try TrainedRelativeTable(loading: loader, at: prefix, config: config) : nil
        if config.relativeAttention, loader.preparedPrecision == nil, !loader.isTraining {
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

    /// What a layer reads: the embeddings, or what the layer before it gave, [N, C]. The embeddings are overwritten.
    func input(
        of index: Int, _ embeddings: Tensor, layout: AttentionLayout, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        var x = embeddings  // [N, C]
        var y = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
        for (place, layer) in layer[..<index].enumerated() {
            try layer.forward(x, into: y, layout: layout, in: workspace)
            if place == 0, let conv { try conv.forward(x, residual: y, layout: layout, in: workspace) }
            (x, y) = (y, x)
        }
        return x
    }

    /// What backward needs.
    struct Saved {
        /// The input of each layer, and with `recomputes` false all that the layer kept.
        var layers: [(x: Tensor, saved: EncoderLayer.Saved?)] = []
        var conv: ConvLayer.Saved?
        /// The rows that the last layer computed, when it is asked for some.
        var rows: QueryRows?
    }

    /// `forward` in training: the rows that are wanted of the last layer, [M, C].
    ///
    /// With `recomputes` a layer keeps its input alone, and backward computes the rest again; so does one that backward
    /// does not reach.
    func forward(
        keeping embeddings: Tensor, rows: QueryRows?, recomputes: Bool, reach: BackwardReach, in pass: TrainingPass
    ) throws(ComputeError) -> (hidden: Tensor, saved: Saved) {
        let workspace = pass.workspace
        var saved = Saved()
        var x = embeddings  // [N, C]
        for index in layer.indices {
            let wanted = self.rows(rows, of: index)
            var z = try workspace.tensor(rows: wanted?.rows.count ?? x.rows, columns: x.columns)  // [N or M, C]
            var kept: EncoderLayer.Saved?
            if recomputes || !reach.layers[index] {
                try workspace.releasing { () throws(ComputeError) in
                    _ = try layer[index].forward(keeping: x, into: z, rows: wanted, layer: index, in: pass)
                }
            } else {
                kept = try layer[index].forward(keeping: x, into: z, rows: wanted, layer: index, in: pass)
            }
            saved.layers.append((x, kept))
            if index == 0, let conv {
                let y = try workspace.tensor(rows: x.rows, columns: x.columns)  // [N, C]
                saved.conv = try conv.forward(keeping: embeddings, residual: z, into: y, in: pass)
                z = y
            }
            x = z
        }
        guard let rows, x.rows != rows.rows.count else { return (x, saved) }
        saved.rows = rows  // a single layer beside a convolution was computed whole
        return (try x.device.gather(x, rows: rows.rows, in: workspace), saved)
    }

    /// The gradient of the embeddings, [N, C], or nil where it does not go as far; dhidden [M, C] is overwritten.
    func backward(
        _ dhidden: Tensor, _ saved: Saved, rows: QueryRows?, reach: BackwardReach, in pass: TrainingPass
    ) throws(ComputeError) -> Tensor? {
        let (workspace, device) = (pass.workspace, dhidden.device)
        var dz = dhidden
        if let gathered = saved.rows {
            dz = try workspace.tensor(rows: pass.layout.positions.count, columns: dhidden.columns)  // [N, C]
            try device.fill(dz)
            try device.scatter(dhidden, rows: gathered.rows, addingTo: dz)
        }
        var dconvolved: Tensor?  // [N, C]
        for (index, kept) in saved.layers.enumerated().reversed() {
            if index == 0, reach.convolution, let conv, let saved = saved.conv {
                dconvolved = try conv.backward(dz, saved, in: pass)
            }
            guard reach.layers[index] else { return nil }
            let wanted = self.rows(rows, of: index)
            var dx: Tensor?  // [N, C]
            if reach.goesBelow(index) {
                dx = wanted == nil ? dz : try workspace.tensor(rows: kept.x.rows, columns: kept.x.columns)
            }
            try workspace.releasing { () throws(ComputeError) in
                let saved: EncoderLayer.Saved
                if let all = kept.saved {
                    saved = all
                } else {
                    let z = try workspace.tensor(rows: dz.rows, columns: dz.columns)  // computed before: not read
                    saved = try layer[index].forward(keeping: kept.x, into: z, rows: wanted, layer: index, in: pass)
                }
                try layer[index].backward(dz, saved, into: dx, in: pass)
            }
            pass.finished?(.layer(index))
            guard let dx else { return nil }
            dz = dx
        }
        if let dconvolved { try device.addScaled(dconvolved, to: dz) }
        return dz
    }

    /// The rows that a layer is asked for: the last one for those wanted, unless a convolution reads its neighbours.
    private func rows(_ rows: QueryRows?, of index: Int) -> QueryRows? {
        index == layer.count - 1 && !(index == 0 && conv != nil) ? rows : nil
    }
}
