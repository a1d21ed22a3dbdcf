internal import ErlangshenCompute

/// One projection of the relative table in training: P = rel·Wᵀ + b, and dP, which the micro-batches of a step add to.
struct RelativeProjection: Sendable {
    let proj: Linear
    let table: Tensor  // [R, C]
    let dtable: Tensor  // [R, C]

    init(loading loader: ParameterLoader, at name: String, config: EncoderConfig) throws(ModelError) {
        let (rows, columns) = (2 * config.relativePosition.span, config.hiddenSize)
        proj = try loader.linear(name, inputs: columns, outputs: columns)
        (table, dtable) = try onDevice { () throws(ComputeError) in
            let table = try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name)
            let dtable = try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name)
            try loader.device.fill(table)
            return (table, dtable)
        }
    }

    /// Room for the packed form that attention reads.
    func packed(
        _ loader: ParameterLoader, _ config: EncoderConfig, reversed: Bool
    ) throws(ModelError) -> RelativeTable {
        try onDevice { () throws(ComputeError) in
            try RelativeTable(
                table, heads: config.numAttentionHeads, reversed: reversed, precision: loader.precision,
                on: loader.device)
        }
    }

    var gradient: RelativeGradient { RelativeGradient(table: table, gradient: dtable) }
}

/// Those of one layer.
struct RelativeProjections: Sendable {
    /// Kr; nil without c2p.
    let keys: RelativeProjection?
    /// Qr; nil without p2c.
    let queries: RelativeProjection?
    let heads: Int

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        heads = config.numAttentionHeads
        keys =
            config.c2p
            ? try RelativeProjection(loading: loader, at: "\(prefix).\(config.relativeKeyName)", config: config) : nil
        queries =
            config.p2c
            ? try RelativeProjection(loading: loader, at: "\(prefix).\(config.relativeQueryName)", config: config) : nil
    }

    /// Projects rel [R, C] for the micro-batches of a step, and clears what they add to.
    func forward(
        _ rel: Tensor, into packedKeys: RelativeTable?, _ packedQueries: RelativeTable?, in workspace: Workspace
    ) throws(ComputeError) {
        for (projection, packed, reversed) in [(keys, packedKeys, true), (queries, packedQueries, false)] {
            guard let projection, let packed else { continue }
            try projection.proj.forward(rel, into: projection.table, in: workspace)  // [R, C]
            try packed.update(projection.table, heads: heads, reversed: reversed)
            try rel.device.fill(projection.dtable)
        }
    }

    /// Adds the gradient of rel to drel [R, C], both of the layer's own dropped table.
    func backward(_ rel: Tensor, addingTo drel: Tensor, in workspace: Workspace) throws(ComputeError) {
        for projection in [keys, queries].compactMap(\.self) {
            try projection.proj.backward(projection.dtable, x: rel, addingTo: drel, in: workspace)
        }
    }
}

/// The relative table in training: rel = LN(rel_embeddings), shared by all layers of a step.
struct TrainedRelativeTable: Sendable {
    let table: Tensor  // [R, C]
    let dtable: Tensor  // [R, C]
    let layerNorm: LayerNorm?
    /// Of this step: the sum under the LayerNorm, its statistics, and rel.
    let s: Tensor  // [R, C]
    let rel: Tensor  // [R, C]

    init(loading loader: ParameterLoader, at prefix: String, config: EncoderConfig) throws(ModelError) {
        let name = prefix + ".rel_embeddings.weight"
        let (rows, columns) = (2 * config.relativePosition.span, config.hiddenSize)
        table = try loader.table(name, rows: rows, columns: columns)
        dtable = try loader.gradient(of: name)
        layerNorm =
            config.normalisesRelEmbeddings
            ? try loader.layerNorm(prefix + ".LayerNorm", count: columns, eps: config.layerNormEps) : nil
        (s, rel) = try onDevice { () throws(ComputeError) in
            (
                try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name),
                try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name)
            )
        }
    }

    /// Prepares the projections of every layer; `keys` [R] drop out parts of the table, in each layer others.
    func forward(
        _ layers: [EncoderLayer], keys: RowKeys?, probability: Float, in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            try copy(table, into: rel)
            try layerNorm?.forward(rel)
            for (index, layer) in layers.enumerated() {
                let attention = layer.attention.selfAttention
                try workspace.releasing { () throws(ComputeError) in
                    let rel = try dropped(index, keys, probability, in: workspace)  // [R, C]
                    try attention.relativeTraining?.forward(
                        rel, into: attention.relativeKeys, attention.relativeQueries, in: workspace)
                }
            }
        }
    }

    /// Takes what the micro-batches added to the projections back to the table's gradient; `finished` learns when the
    /// projections of a layer are done.
    func backward(
        _ layers: [EncoderLayer], keys: RowKeys?, probability: Float, finished: ((GradientStage) -> Void)?,
        in workspace: Workspace
    ) throws(ComputeError) {
        try workspace.releasing { () throws(ComputeError) in
            let drel = try workspace.tensor(rows: rel.rows, columns: rel.columns)  // [R, C]
            try rel.device.fill(drel)
            for (index, layer) in layers.enumerated() {
                try workspace.releasing { () throws(ComputeError) in
                    let dropped = try dropped(index, keys, probability, in: workspace)  // [R, C]
                    let ddropped = try workspace.tensor(rows: rel.rows, columns: rel.columns)  // [R, C]
                    try rel.device.fill(ddropped)
                    try layer.attention.selfAttention.relativeTraining?.backward(
                        dropped, addingTo: ddropped, in: workspace)
                    try ddropped.dropOut(dropout(index, keys, probability))
                    try rel.device.addScaled(ddropped, to: drel)
                }
                finished?(.relativeProjections(layer: index))
            }
            guard let layerNorm else { return try rel.device.addScaled(drel, to: dtable) }
            try copy(table, into: s)
            let (_, saved) = try layerNorm.forward(keeping: s, in: workspace)
            try rel.device.addScaled(layerNorm.backward(drel, saved, in: workspace), to: dtable)
        }
    }

    private func dropout(_ layer: Int, _ keys: RowKeys?, _ probability: Float) throws(ComputeError) -> Dropout? {
        guard let keys, probability > 0 else { return nil }
        return try Dropout(
            keys: keys, probability: probability, stream: DropoutPlace.relativeTable(layer: layer).stream)
    }

    private func dropped(
        _ layer: Int, _ keys: RowKeys?, _ probability: Float, in workspace: Workspace
    ) throws(ComputeError) -> Tensor {
        guard let dropout = try dropout(layer, keys, probability) else { return rel }
        return try rel.device.dropout(
            rel, into: try workspace.tensor(rows: rel.rows, columns: rel.columns), dropout)
    }

    private func copy(_ x: Tensor, into y: Tensor) throws(ComputeError) {
        try x.device.fill(y)
        try x.device.addScaled(x, to: y)
    }
}
