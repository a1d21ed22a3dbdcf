internal import CErlangshenKernels

/// Keys of a batch's rows in device memory: what tells the random numbers of one row from those of another.
public struct RowKeys: Sendable {
    let buffer: DeviceBuffer
    let byteOffset: Int
    /// How many.
    public let count: Int

    var start: UnsafePointer<UInt64> {
        UnsafePointer((buffer.pointer + byteOffset).assumingMemoryBound(to: UInt64.self))
    }
}

/// One place where numbers are dropped by chance, the rest divided by 1 − p.
///
/// The mask is a function of key, stream and place (Philox4x32-10), so backward makes it again and nothing is stored.
public struct Dropout: Sendable {
    /// A key for each row: [N].
    public let keys: RowKeys
    /// How probable it is that a number is dropped: 0 ≤ p < 1.
    public let probability: Float
    /// The place of use, a number of its own for each layer and purpose.
    public let stream: UInt32

    /// Makes the dropout of one place.
    ///
    /// - Throws: `ComputeError.invalidSetting` when the probability is not in 0..<1.
    public init(keys: RowKeys, probability: Float, stream: UInt32) throws(ComputeError) {
        guard probability >= 0, probability < 1 else {
            throw .invalidSetting(name: "dropout", value: "\(probability)", allowed: "at least 0 and below 1")
        }
        self.keys = keys
        self.probability = probability
        self.stream = stream
    }

    var code: esh_dropout { esh_dropout(row_keys: keys.start, p: probability, stream: stream) }
}
