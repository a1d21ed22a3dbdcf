import ErlangshenJSON

/// The header of a safetensors file, checked against the length of the file.
///
/// Layout: 8 bytes header length N, N bytes JSON, data. Every data byte belongs to exactly one tensor. Stricter than
/// the reference reader: no name twice, no metadata key twice, rank, name length and counts bounded. As lenient as it:
/// unknown fields of a tensor are skipped, `__metadata__` may be null, keys may come in any order.
/// Source: safetensors README, "Format".
struct SafetensorsHeader {
    struct Entry {
        let info: TensorInfo
        /// Where the contents lie in the file.
        let range: Range<Int>
    }

    /// Header bytes accepted; the reference reader has the same limit.
    static let maximumHeaderByteCount = 100_000_000
    /// Tensors accepted, so that their descriptions stay within the memory promised.
    static let maximumTensorCount = 131_072
    /// Entries of `__metadata__` accepted.
    static let maximumMetadataCount = 65_536
    /// UTF-8 bytes of a tensor name accepted.
    static let maximumNameByteCount = 1 << 20

    /// In the order of the data.
    let entries: [Entry]
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
        var parser = try SafetensorsHeaderParser(text)
        try parser.parse()
        let dataStart = 8 + text.count
        entries = try SafetensorsHeader.layOut(parser.tensors, from: dataStart, to: file.count)
        metadata = parser.metadata
    }

    /// Whether the file starts as a safetensors file must: a length that fits, then the start of a JSON object.
    static func isPlausible(_ file: UnsafeRawBufferPointer) -> Bool {
        guard let length = file.integer(at: 0, as: UInt64.self), length <= UInt64(maximumHeaderByteCount),
            Int(length) <= file.count - 8, let first = file.integer(at: 8, as: UInt8.self)
        else { return false }
        return [0x7B, 0x20, 0x09, 0x0A, 0x0D].contains(first)
    }

    /// Sorts the tensors by position and checks that they cover the data without overlap or hole.
    private static func layOut(
        _ tensors: [SafetensorsHeaderParser.Tensor], from dataStart: Int, to fileEnd: Int
    ) throws(SafetensorsFault) -> [Entry] {
        let order = tensors.indices.sorted { left, right in
            let (a, b) = (tensors[left], tensors[right])
            return (a.start, a.end, left) < (b.start, b.end, right)
        }
        var entries: [Entry] = []
        entries.reserveCapacity(order.count)
        var end = 0
        for index in order {
            let tensor = tensors[index]
            let name = tensor.info.name
            guard tensor.start >= end else { throw .overlap(tensor: name, start: tensor.start, previousEnd: end) }
            guard tensor.start == end else { throw .hole(tensor: name, start: tensor.start, previousEnd: end) }
            end = tensor.end
            guard end <= fileEnd - dataStart else { throw .dataLength(expected: end, found: fileEnd - dataStart) }
            entries.append(Entry(info: tensor.info, range: dataStart + tensor.start..<dataStart + end))
        }
        guard end == fileEnd - dataStart else { throw .dataLength(expected: end, found: fileEnd - dataStart) }
        return entries
    }
}
