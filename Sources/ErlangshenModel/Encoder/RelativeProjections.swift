internal import ErlangshenCompute

/// One projection of the relative table in training: P = rel·Wᵀ + b, and dP, which the micro-batches of a step add to.
struct RelativeProjection: Sendable {
    let proj: Linear
    let table: Tensor  // [R, C]
    let dtable: Tensor?  // [R, C]; nil when neither the projection nor the table is trained

    init(loading loader: ParameterLoader, at name: String, config: EncoderConfig) throws(ModelError) {
        let (rows, columns) = (2 * config.relativePosition.span, config.hiddenSize)
        let proj = try loader.linear(name, inputs: columns, outputs: columns)
        self.proj = proj
        (table, dtable) = try onDevice { () throws(ComputeError) in
            let table = try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name)
            try loader.device.fill(table)
            guard proj.isTrained || loader.trainsRelativeTable else { return (table, nil) }
            return (table, try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name))
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

    /// Projects `rows` of the table, rel [r, C], for the micro-batches of a step, and clears what they add to.
    func forward(
        _ rel: Tensor, rows: Range<Int>, keys rowKeys: RowKeys?, in workspace: Workspace
    ) throws(ComputeError) {
        for projection in [keys, queries].compactMap(\.self) {
            try projection.proj.forward(rel, into: projection.table.rows(rows), keys: rowKeys, in: workspace)  // [r, C]
            if let dtable = projection.dtable { try rel.device.fill(dtable.rows(rows)) }
        }
    }

    /// Lays the projections out as attention reads them.
    func pack(into packedKeys: RelativeTable?, _ packedQueries: RelativeTable?) throws(ComputeError) {
        if let keys { try packedKeys?.update(keys.table, heads: heads, reversed: true) }
        if let queries { try packedQueries?.update(queries.table, heads: heads, reversed: false) }
    }

    /// Adds the gradient of rel to drel, [r, C] both of the layer's own dropped table; nil when the table is not trained.
    func backward(
        _ rel: Tensor, rows: Range<Int>, addingTo drel: Tensor?, keys rowKeys: RowKeys?, in workspace: Workspace
    ) throws(ComputeError) {
        for projection in [keys, queries].compactMap(\.self) {
            guard let dtable = projection.dtable else { continue }
            try projection.proj.backward(dtable.rows(rows), x: rel, addingTo: drel, keys: rowKeys, in: workspace)
        }
    }

    /// Whether a gradient goes into them.
    var isTrained: Bool { keys?.dtable != nil || queries?.dtable != nil }
}

/// The relative table in training: rel = LN(rel_embeddings), shared by all layers of a step.
///
/// Layers project the rows alone that the texts of a step read: short texts read few of them.
struct TrainedRelativeTable: Sendable {
    let table: Tensor  // [R, C]
    let dtable: Tensor?  // [R, C]; nil when it is not trained
    let layerNorm: LayerNorm?
    /// Whether the table or its LayerNorm is trained.
    let isTrained: Bool
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
        isTrained = dtable != nil || layerNorm?.dweight != nil || layerNorm?.dbias != nil
        loader.trainsRelativeTable = isTrained
        (s, rel) = try onDevice { () throws(ComputeError) in
            (
                try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name),
                try Tensor(rows: rows, columns: columns, on: loader.device, purpose: name)
            )
        }
    }

    /// Begins a step: rel of this step's parameters. Nothing is projected yet.
    func begin() throws(ComputeError) {
        try copy(table, into: rel)
        try layerNorm?.forward(rel)
    }

    /// Projects `rows` in every layer; `keys` [r] drop out parts of them, in each layer others. `pack` follows.
    func project(
        _ rows: Range<Int>, _ layers: [EncoderLayer], keys: RowKeys?, probability: Float, in workspace: Workspace
    ) throws(ComputeError) {
        for (index, layer) in layers.enumerated() {
            try workspace.releasing { () throws(ComputeError) in
                let rel = try dropped(rel.rows(rows), index, keys, probability, in: workspace)  // [r, C]
                try layer.attention.selfAttention.relativeTraining?.forward(
                    rel, rows: rows, keys: keys, in: workspace)
            }
        }
    }

    /// Lays out what was projected as attention reads it.
    func pack(_ layers: [EncoderLayer]) throws(ComputeError) {
        for attention in layers.map(\.attention.selfAttention) {
            try attention.relativeTraining?.pack(into: attention.relativeKeys, attention.relativeQueries)
        }
    }

    /// Takes what the micro-batches added to the projections of `rows` back to their gradients and that of the table;
    /// other rows have none. `keys` [r] are those of `project`; `finished` learns when the projections of a layer are done.
    func backward(
        _ rows: Range<Int>, _ layers: [EncoderLayer], keys: RowKeys?, probability: Float,
        finished: ((GradientStage) -> Void)?, in workspace: Workspace
    ) throws(ComputeError) {
        let rel = rel.rows(rows)  // [r, C]
        try workspace.releasing { () throws(ComputeError) in
            let drel = try isTrained ? workspace.tensor(rows: rel.rows, columns: rel.columns) : nil  // [r, C]
            if let drel { try rel.device.fill(drel) }
            for (index, layer) in layers.enumerated() {
                guard let projections = layer.attention.selfAttention.relativeTraining, projections.isTrained else {
                    continue
                }
                try workspace.releasing { () throws(ComputeError) in
                    guard !rows.isEmpty else { return }
                    let dropped = try dropped(rel, index, keys, probability, in: workspace)  // [r, C]
                    guard let drel else {
                        return try projections.backward(dropped, rows: rows, addingTo: nil, keys: keys, in: workspace)
                    }
                    let ddropped = try workspace.tensor(rows: rel.rows, columns: rel.columns)  // [r, C]
                    try rel.device.fill(ddropped)
                    try projections.backward(dropped, rows: rows, addingTo: ddropped, keys: keys, in: workspace)
                    try ddropped.dropOut(dropout(index, keys, probability))
                    try rel.device.addScaled(ddropped, to: drel)
                }
                finished?(.relativeProjections(layer: index))
            }
            if let drel, !rows.isEmpty { try backward(drel, of: rows, in: workspace) }
        }
    }

    /// The gradients of table and LayerNorm from that of rel, [r, C], which is overwritten.
    private func backward(_ drel: Tensor, of rows: Range<Int>, in workspace: Workspace) throws(ComputeError) {
        var dsum = drel  // [r, C]
        if let layerNorm {
            let s = s.rows(rows)  // [r, C]
            try copy(table.rows(rows), into: s)
            let (_, saved) = try layerNorm.forward(keeping: s, in: workspace)
            dsum = try layerNorm.backward(drel, saved, in: workspace)
        }
        if let dtable { try rel.device.addScaled(dsum, to: dtable.rows(rows)) }
    }

    private func dropout(_ layer: Int, _ keys: RowKeys?, _ probability: Float) throws(ComputeError) -> Dropout? {
        guard let keys, probability > 0 else { return nil }
        return try Dropout(
            keys: keys, probability: probability, stream: DropoutPlace.relativeTable(layer: layer).stream)
    }

    private func dropped(
        _ rel: Tensor, _ layer: Int, _ keys: RowKeys?, _ probability: Float, in workspace: Workspace
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
