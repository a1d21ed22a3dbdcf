/// Row-major floats on the host: what a model answers with.
public struct Matrix: Sendable, Equatable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// All values, row after row: `rows × columns` of them.
    public var values: [Float]

    /// Makes a matrix of the given values.
    ///
    /// - Precondition: `values.count == rows * columns`.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "\(values.count) values for [\(rows), \(columns)]")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Makes a matrix whose values are written in place.
    ///
    /// `fill` receives room for `rows × columns` floats and writes all of them.
    init(
        rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<Float>) throws(ComputeError) -> Void
    ) throws(ComputeError) {
        var failure: ComputeError?
        let values = [Float](unsafeUninitializedCapacity: rows * columns) { room, count in
            let exact = UnsafeMutableBufferPointer(rebasing: room[..<(rows * columns)])
            do throws(ComputeError) { try fill(exact) } catch { failure = error }
            count = failure == nil ? rows * columns : 0
        }
        if let failure { throw failure }
        self.init(rows: rows, columns: columns, values: values)
    }

    /// Makes a matrix part by part: rows that need much memory on the device do not stand there all at once.
    ///
    /// - Parameters:
    ///   - rows: Number of rows.
    ///   - columns: Number of columns.
    ///   - step: Rows of a part; the last may have fewer.
    ///   - workspace: Where parts are computed, one after another in the same place.
    ///   - part: Computes some of the rows: [range.count, columns].
    /// - Throws: what `part` throws; `ComputeError.failed` when the device does.
    public init(
        rows: Int, columns: Int, step: Int, in workspace: Workspace,
        part: (Range<Int>) throws(ComputeError) -> Tensor
    ) throws(ComputeError) {
        precondition(step > 0)
        try self.init(rows: rows, columns: columns) { room throws(ComputeError) in
            var first = 0
            while first < rows {
                let range = first..<min(first + step, rows)
                try workspace.releasing { () throws(ComputeError) in
                    let tensor = try part(range)
                    precondition(tensor.rows == range.count && tensor.columns == columns)
                    try tensor.read(
                        into: UnsafeMutableBufferPointer(
                            rebasing: room[(first * columns)..<(range.upperBound * columns)]))
                }
                first = range.upperBound
            }
        }
    }

    /// The values of one row.
    public func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columns..<(index + 1) * columns]
    }
}
