internal import ErlangshenCompute

extension EncoderModel {
    /// Where a token looks in a layer: the weights of its attention and the terms of its scores.
    ///
    /// Made for looking into a model, one sequence and one query at a time. The layers below run as ever; the scores of
    /// the query are then computed in Double from what the layer's own projections give, so that in bf16 and int8 they
    /// lack the rounding of the products inside attention.
    ///
    /// - Parameters:
    ///   - sequence: token ids, special tokens included.
    ///   - layer: 0…L−1.
    ///   - head: 0…H−1; nil gives the means over all heads.
    ///   - query: the token that looks, an index into `sequence`.
    /// - Throws: `ModelError.invalidBatch` for an index out of range, and as `lastHiddenState(_:)`.
    public func attention(
        _ sequence: [Int32], layer: Int, head: Int? = nil, query: Int
    ) throws(ModelError) -> AttentionRow {
        let batch = try SequenceBatch([sequence])
        for (name, value, count) in [
            ("layer", layer, config.numHiddenLayers), ("head", head ?? 0, config.numAttentionHeads),
            ("query", query, sequence.count),
        ] where !(0..<count).contains(value) {
            throw .invalidBatch("\(name) \(value) is outside 0…\(count - 1)")
        }
        let operands = try workspaces.withWorkspace { workspace throws(ModelError) in
            let placed = try DeviceBatch(batch, config: config, in: workspace)
            return try onDevice { () throws(ComputeError) in
                let embedded = try embeddings.forward(placed, in: workspace)  // [S, C]
                let x = try encoder.input(of: layer, embedded, layout: placed.layout, in: workspace)  // [S, C]
                return try encoder.layer[layer].attention.selfAttention.scoreOperands(
                    x, query: query, config: config, in: workspace)
            }
        }
        let hasTable = operands.relativeKeys != nil || operands.relativeQueries != nil
        let rows = sequence.indices.map { hasTable ? config.relativePosition.index(query - $0) : 0 }
        let size = config.attentionHeadSize
        let heads = (head.map { $0..<$0 + 1 } ?? 0..<config.numAttentionHeads).map { head in
            ScoreTerms(
                operands, head: head * size..<(head + 1) * size, rows: rows, scale: 1 / Double(config.scoreScale))
        }
        return AttentionRow(
            heads, hasC2p: operands.relativeKeys != nil, hasP2c: operands.relativeQueries != nil)
    }
}

extension SelfAttention {
    /// What the scores of one query are computed from; x [S, C].
    func scoreOperands(
        _ x: Tensor, query: Int, config: EncoderConfig, in workspace: Workspace
    ) throws(ComputeError) -> ScoreOperands {
        let width = x.columns
        let projected = try queryProj.forwardInParts(x, in: workspace).read()  // [S, C], or [S, 3·C]
        var keys = projected
        if let keyValueProj { keys = try keyValueProj.forwardInParts(x, in: workspace).read() }  // [S, 2·C]
        let first = keyValueProj == nil ? width : 0
        func plain(_ table: RelativeTable?, reversed: Bool) throws(ComputeError) -> Matrix? {
            guard let table else { return nil }
            let tensor = try workspace.tensor(rows: 2 * config.relativePosition.span, columns: width)  // [R, C]
            try table.unpack(into: tensor, heads: config.numAttentionHeads, reversed: reversed)
            return try tensor.read()
        }
        return ScoreOperands(
            query: Array(projected.row(query).prefix(width)),
            keys: (0..<x.rows).map { Array(keys.row($0).dropFirst(first).prefix(width)) },
            relativeKeys: try plain(relativeKeys, reversed: true),
            relativeQueries: try plain(relativeQueries, reversed: false))
    }
}
