internal import ErlangshenCompute

/// The rows of a batch that a head reads: the last layer computes no others.
struct RowSelection {
    /// Each row once, rising: [M].
    let rows: [Int32]
    /// First of `rows` of each sequence, then M: [B + 1].
    let offsets: [Int32]
    /// Position of each row's token: [M].
    let positions: [Int32]
    /// Place in `rows` of each row asked for, in the order asked; nil when that is their own order.
    let order: [Int32]?

    /// Checks and sorts the rows asked for.
    ///
    /// - Throws: `ModelError.invalidBatch` when one is outside the batch.
    init(_ asked: [Int], of batch: SequenceBatch) throws(ModelError) {
        if let row = asked.first(where: { $0 < 0 || $0 >= batch.tokenCount }) {
            throw .invalidBatch("row \(row) is outside the batch of \(batch.tokenCount) tokens")
        }
        let sorted = asked.sorted()
        let unique = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
        rows = unique.map(Int32.init)
        positions = unique.map { batch.positions[$0] }
        var counts = [Int32](repeating: 0, count: batch.count + 1)
        var sequence = 0
        for row in unique {
            while row >= batch.offsets[sequence + 1] { sequence += 1 }
            counts[sequence + 1] += 1
        }
        offsets = counts.indices.dropFirst().reduce(into: [0]) { $0.append($0[$1 - 1] + counts[$1]) }
        guard unique != asked else {
            order = nil
            return
        }
        let places = Dictionary(uniqueKeysWithValues: zip(unique, Int32(0)...))
        order = asked.compactMap { places[$0] }
    }

    /// The selection on the device.
    func onDevice(in workspace: Workspace) throws(ComputeError) -> QueryRows {
        try QueryRows(rows: rows, offsets: offsets, positions: positions, in: workspace)
    }
}
