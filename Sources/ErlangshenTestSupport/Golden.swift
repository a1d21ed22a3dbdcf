internal import ErlangshenCheckpoint
public import ErlangshenCompute
public import ErlangshenModel

/// One case of tools/goldens/make_goldens.py: its batch and the float64 answers.
public struct Golden: Sendable {
    /// The model folder.
    public let folder: String
    private let file: Checkpoint

    /// Opens the case in `folder`.
    public init(folder: String) throws {
        self.folder = folder
        file = try Checkpoint(file: folder + "/golden.safetensors")
    }

    /// The padded batch, with the holes of its mask.
    public func batch() throws -> SequenceBatch {
        let shape = file.info("input_ids")?.shape ?? []
        return try SequenceBatch(
            inputIds: try integers("input_ids"), attentionMask: try integers("attention_mask"),
            tokenTypeIds: file.info("token_type_ids") == nil ? nil : try integers("token_type_ids"),
            batchSize: shape.first ?? 0, sequenceLength: shape.last ?? 0)
    }

    /// True when the case keeps this answer.
    public func has(_ name: String) -> Bool { file.info(name) != nil }

    /// An answer, its leading axes joined: [rows, columns].
    public func answer(_ name: String) throws -> Matrix {
        let bytes = try file.bytes(of: name)
        let columns = bytes.info.shape.last ?? 0
        let values = bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
        return Matrix(rows: columns == 0 ? 0 : values.count / columns, columns: columns, values: values)
    }

    private func integers(_ name: String) throws -> [Int32] {
        try file.bytes(of: name).withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 8).map { Int32(raw.loadUnaligned(fromByteOffset: $0, as: Int64.self)) }
        }
    }
}

/// The largest distance between two matrices, and where it is; infinite when their shapes differ or a value is NaN.
public func largestDistance(_ found: Matrix, _ expected: Matrix) -> (distance: Float, row: Int, column: Int) {
    guard found.rows == expected.rows, found.columns == expected.columns else { return (.infinity, -1, -1) }
    var worst: (distance: Float, row: Int, column: Int) = (0, 0, 0)
    for index in found.values.indices {
        let distance = abs(found.values[index] - expected.values[index])
        if !(distance <= worst.distance) {
            worst = (distance.isNaN ? .infinity : distance, index / found.columns, index % found.columns)
        }
    }
    return worst
}
