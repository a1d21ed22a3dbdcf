/// Runs any number of queries through a model in packed batches of bounded size.
///
/// Memory is bounded by one batch: at most `maximumTokens` ids (or one longer sequence) and `maximumRows` rows of
/// logits at a time, however many queries there are. Queries are drawn lazily.
struct QueryRunner: Sendable {
    let model: any MaskedLanguageModel
    let maximumTokens: Int

    /// Rows of logits in one model call: 256 rows of 12,800 floats are 13 MB.
    static let maximumRows = 256

    /// Calls `body(query index, position index, logits)` for every asked position, in order.
    func forEachRow(
        _ queries: some Sequence<MaskQuery>,
        _ body: (Int, Int, LogitRow) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        var batch: [MaskQuery] = []
        var (tokens, rows, first) = (0, 0, 0)
        for query in queries {
            let isFull = tokens + query.ids.count > maximumTokens || rows + query.positions.count > Self.maximumRows
            if isFull, !batch.isEmpty {
                try run(batch, first, body)
                first += batch.count
                batch.removeAll(keepingCapacity: true)
                (tokens, rows) = (0, 0)
            }
            batch.append(query)
            tokens += query.ids.count
            rows += query.positions.count
        }
        if !batch.isEmpty { try run(batch, first, body) }
    }

    private func run(
        _ batch: [MaskQuery], _ first: Int, _ body: (Int, Int, LogitRow) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        var asked: [(row: Int, query: Int, position: Int)] = []
        var offset = 0
        for (index, query) in batch.enumerated() {
            for (position, place) in query.positions.enumerated() {
                asked.append((offset + place, first + index, position))
            }
            offset += query.ids.count
        }
        let sequences = batch.map(\.ids)
        // One query may ask for more rows than fit: it is run again for each slice of them.
        for start in stride(from: 0, to: asked.count, by: Self.maximumRows) {
            let slice = asked[start..<min(start + Self.maximumRows, asked.count)]
            let logits = try model.logits(of: sequences, rows: slice.map(\.row))  // [rows, V]
            for (row, item) in slice.enumerated() {
                try body(item.query, item.position, LogitRow(logits.row(row)))
            }
        }
    }
}
