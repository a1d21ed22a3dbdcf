import ErlangshenJSON

/// The header of a safetensors file, checked against the length of the file.
///
/// Layout: 8 bytes header length N, N bytes JSON, data. Every data byte belongs to exactly one tensor. Stricter than
/// the reference reader: no name twice, no metadata key twice, rank, name length and counts bounded. As lenient as it:
/// unknown fields of a tensor are skipped, `__metadata__` may be null, keys may come in any order.
/// Source: safetensors README, "Format".
struct SafetensorsHeader {
    struct Tensor {
        let info: TensorInfo
        /// Where the contents lie, from the end of the header.
        let range: Range<Int>
    }

    /// Header bytes accepted; the reference reader has the same limit.
    static let maximumHeaderByteCount = 100_000_000
    /// Tensors accepted, so that their descriptions stay within the memory promised.
    static let maximumTensorCount = 131_072
    /// Entries of `__metadata__` and UTF-8 bytes of all of them accepted, for the same reason.
    static let maximumMetadataCount = 16_384
    static let maximumMetadataByteCount = 8 << 20
    /// UTF-8 bytes of all tensor names together accepted, for the same reason.
    static let maximumNameByteCount = 8 << 20
    /// Dimensions of all tensors together accepted, for the same reason.
    static let maximumDimensionCount = 1 << 19

    /// In the order of the data.
    let tensors: [Tensor]
    /// Where the data starts in the file.
    let dataStart: Int
    /// `__metadata__` in the order of the header.
    let metadata: [(key: String, value: String)]

    /// Reads and checks the header of `file`, which is the whole file.
    init(_ file: UnsafeRawBufferPointer) throws(SafetensorsFault) {
        guard let length = file.integer(at: 0, as: UInt64.self) else { throw .tooShort(byteCount: file.count) }
        guard length <= UInt64(SafetensorsHeader.maximumHeaderByteCount) else {
            throw .headerTooLong(byteCount: length, limit: SafetensorsHeader.maximumHeaderByteCount)
        }
        guard let text = file.slice(at: 8, count: Int(length)) else {
            throw .headerPastEnd(byteCount: Int(length), fileByteCount: file.count)
        }
        dataStart = 8 + text.count
        var tensors: [Tensor]
        (tensors, metadata) = try SafetensorsHeaderParser.parse(text)
        try SafetensorsHeader.layOut(&tensors, dataByteCount: file.count - dataStart)
        self.tensors = tensors
    }

    /// Whether the file starts as a safetensors file must: a length that fits, then the start of a JSON object.
    static func isPlausible(_ file: UnsafeRawBufferPointer) -> Bool {
        guard let length = file.integer(at: 0, as: UInt64.self), length <= UInt64(maximumHeaderByteCount),
            Int(length) <= file.count - 8, let first = file.integer(at: 8, as: UInt8.self)
        else { return false }
        return [0x7B, 0x20, 0x09, 0x0A, 0x0D].contains(first)
    }

    /// Sorts the tensors by position and checks that they cover the data without overlap or hole.
    private static func layOut(_ tensors: inout [Tensor], dataByteCount: Int) throws(SafetensorsFault) {
        // Only empty tensors can share a position; their names keep the order the same everywhere.
        tensors.sort { left, right in
            (left.range.lowerBound, left.range.upperBound) != (right.range.lowerBound, right.range.upperBound)
                ? (left.range.lowerBound, left.range.upperBound) < (right.range.lowerBound, right.range.upperBound)
                : left.info.name.utf8.lexicographicallyPrecedes(right.info.name.utf8)
        }
        var end = 0
        for tensor in tensors {
            let (name, start) = (tensor.info.name, tensor.range.lowerBound)
            guard start >= end else { throw .overlap(tensor: name, start: start, previousEnd: end) }
            guard start == end else { throw .hole(tensor: name, start: start, previousEnd: end) }
            end = tensor.range.upperBound
            guard end <= dataByteCount else { throw .dataLength(expected: end, found: dataByteCount) }
        }
        guard end == dataByteCount else { throw .dataLength(expected: end, found: dataByteCount) }
    }
}
