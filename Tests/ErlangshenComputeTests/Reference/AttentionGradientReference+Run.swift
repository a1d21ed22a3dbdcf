import ErlangshenCompute
import ErlangshenTestSupport

/// The kernels' side: one truth of all gradients, one of training's forward.
extension AttentionGradientReference {
    /// What the gradients of the tables are added to: [2·R, C].
    var start: [Float] { CounterNumbers(seed: forward.seed + 400).floats(4 * forward.rows.span * forward.width) }

    /// dqkv [N, 3·C], then the sums of both tables [R, C], in rows of C.
    func truth(bound: Double = Tolerance.attentionGradient) -> Truth {
        var truth = Truth(columns: forward.width)
        let sums = gradients(operands), start = start.map(Double.init), half = start.count / 2
        for (value, size) in zip(sums.value.qkv, sums.size.qkv) { truth.append(value, allowed: bound * size) }
        let tables = zip(sums.value.keys + sums.value.queries, sums.size.keys + sums.size.queries)
        for (index, (value, size)) in tables.enumerated() {
            let isUsed = index < half ? forward.hasC2p : forward.hasP2c
            truth.append(start[index] + value, allowed: isUsed ? bound * (abs(start[index]) + size) : 0)
        }
        return truth
    }

    /// y [N, C], then lse [N, H], one number a row.
    func forwardTruth() -> Truth {
        let (rows, size, width) = (rows(operands), forward.headSize, forward.width)
        let qkv = operands.qkv
        var truth = Truth(columns: 1)
        for row in rows {
            for d in row.head * size..<(row.head + 1) * size {
                var (sum, terms) = (0.0, 0.0)
                for j in row.softmax.indices {
                    let term = row.softmax[j] * row.masks[j] * qkv[(row.first + j) * 3 * width + 2 * width + d]
                    sum += term
                    terms += abs(term)
                }
                truth.append(sum, allowed: Tolerance.attention * row.magnitude * terms)
            }
        }
        for row in rows { truth.append(row.logSum, allowed: Tolerance.attention * (row.magnitude + abs(row.logSum))) }
        return truth
    }

    /// The selection on the device: rows, first query of each sequence, position of each.
    private func queryRows(_ selected: [Int32], in workspace: Workspace) throws -> QueryRows {
        let positions = forward.sequences.flatMap(\.self)
        var (offsets, first) = ([Int32(0)], 0)
        for sequence in forward.sequences {
            first += sequence.count
            offsets.append(Int32(selected.count { $0 < first }))
        }
        return try QueryRows(
            rows: selected, offsets: offsets, positions: selected.map { positions[Int($0)] }, in: workspace)
    }

    /// Rows of x [N, ·] that are queries.
    private func chosen(_ x: [Float]) -> [Float] {
        guard let selected else { return x }
        let width = x.count / forward.tokenCount
        return selected.flatMap { x[Int($0) * width..<(Int($0) + 1) * width] }
    }

    /// dqkv [N, 3·C] with the gradients of the queries in their places, and zeros where there is no query.
    private func joined(_ dkv: Matrix, _ dq: Matrix) -> [Float] {
        guard let selected else { return dkv.values }
        var values = dkv.values
        for row in 0..<dkv.rows {
            let start = row * dkv.columns
            values.replaceSubrange(
                start..<start + forward.width,
                with: selected.firstIndex(of: Int32(row)).map { Array(dq.row($0)) }
                    ?? [Float](
                        repeating: 0, count: forward.width))
        }
        return values
    }

    /// Runs forward and backward.
    func run(
        _ device: Device, _ workspace: Workspace, precision: Precision = .fp32
    ) throws -> (forward: Matrix, gradients: Matrix) {
        let (r, width, isRelative) = (2 * forward.rows.span, forward.width, forward.isRelative)
        let longest = forward.longest, sequences = forward.sequences
        let layout = try AttentionLayout(
            offsets: sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) },
            positions: sequences.flatMap(\.self),
            index: isRelative ? (1 - longest..<longest).map { Int32(forward.rows.row(of: $0)) } : [],
            linearReach: isRelative ? forward.rows.linearReach : 0, longest: longest, heads: forward.heads,
            headSize: forward.headSize, relativeRows: isRelative ? r : 0, in: workspace)
        let qkv = try Tensor(forward.qkv, rows: forward.tokenCount, on: device)  // [N, 3·C]
        let dqkv = try workspace.tensor(rows: qkv.rows, columns: 3 * width)  // [N, 3·C]
        let keys = try Tensor(forward.keys, rows: r, on: device)  // [R, C]
        let queries = try Tensor(forward.queries, rows: r, on: device)  // [R, C]
        let sums = try Tensor(start, rows: 2 * r, on: device)  // [2·R, C]
        let count = selected?.count ?? qkv.rows
        let query = selected == nil ? qkv : try Tensor(chosen(forward.qkv), rows: count, on: device)  // [M, 3·C]
        let dquery = selected == nil ? dqkv : try workspace.tensor(rows: count, columns: width)  // [M, ≥ C]
        let operands = AttentionOperands(
            query: query, keyValue: qkv, keyColumn: width, width: width,
            rows: try selected.map { try queryRows($0, in: workspace) }, layout: layout, scale: forward.scale,
            precision: precision)
        let keysOfRows = selected?.map { rowKeys[Int($0)] } ?? rowKeys
        let dropout =
            probability == 0
            ? nil : try Dropout(keys: workspace.rowKeys(keysOfRows), probability: probability, stream: Self.stream)
        func packed(_ x: Tensor, reversed: Bool) throws -> RelativeTable {
            try RelativeTable(x, heads: forward.heads, reversed: reversed, precision: precision, on: device)
        }
        let (y, lse) = try device.disentangledAttention(
            keeping: operands, keys: forward.hasC2p ? packed(keys, reversed: true) : nil,
            queries: forward.hasP2c ? packed(queries, reversed: false) : nil, dropout: dropout, in: workspace)
        try device.disentangledAttentionBackward(
            Tensor(chosen(dy), rows: count, on: device), of: operands, lse: lse,
            keys: forward.hasC2p ? RelativeGradient(table: keys, gradient: sums.rows(0..<r)) : nil,
            queries: forward.hasP2c ? RelativeGradient(table: queries, gradient: sums.rows(r..<2 * r)) : nil,
            dropout: dropout, dquery: dquery, dkeyValue: dqkv, in: workspace)
        let kept = try y.read().values + lse.read().values
        let gradients = try joined(dqkv.read(), dquery.read()) + sums.read().values
        return (
            Matrix(rows: kept.count, columns: 1, values: kept),
            Matrix(rows: gradients.count / width, columns: width, values: gradients)
        )
    }
}
