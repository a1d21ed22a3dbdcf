import CErlangshenChecksum

/// Where the contents of one tensor are written, piece by piece and in row-major order.
public final class TensorSink {
    /// The tensor whose contents are wanted.
    public let info: TensorInfo
    /// CRC-32 of the bytes so far, zero when the format has no use for it.
    private(set) var checksum: UInt32 = 0
    private let file: AtomicFile
    private let hasChecksum: Bool
    private var count = 0

    init(info: TensorInfo, file: AtomicFile, hasChecksum: Bool) {
        self.info = info
        self.file = file
        self.hasChecksum = hasChecksum
    }

    /// Appends the next bytes of the tensor.
    ///
    /// - Throws: `CheckpointError`: more bytes than the tensor has, or the system's refusal to write.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard bytes.count <= info.byteCount - count else {
            let found = count.addingReportingOverflow(bytes.count).partialValue
            throw .writing(path: file.path, .byteCount(tensor: info.name, expected: info.byteCount, found: found))
        }
        count += bytes.count
        if hasChecksum { checksum = esh_crc32(checksum, bytes.baseAddress, bytes.count) }
        try file.write(bytes)
    }

    /// Appends the next bytes of the tensor.
    ///
    /// - Throws: `CheckpointError`: more bytes than the tensor has, or the system's refusal to write.
    public func write(_ bytes: [UInt8]) throws(CheckpointError) {
        let result: Result<Void, CheckpointError> = bytes.withUnsafeBytes { raw in
            Result { () throws(CheckpointError) in try write(raw) }
        }
        try result.get()
    }

    /// - Throws: `writing` when bytes are missing.
    func finish() throws(CheckpointError) {
        guard count == info.byteCount else {
            throw .writing(path: file.path, .byteCount(tensor: info.name, expected: info.byteCount, found: count))
        }
    }
}
