import ErlangshenJSON

/// Writes `.safetensors` files: the same tensors give the same bytes, and Python's `safetensors` opens them.
///
/// Tensors are laid out as the reference writer does, wide types first and by name within a type, so that every tensor
/// is aligned to its element; the header is padded with spaces to a multiple of eight.
public enum SafetensorsWriter {
    /// Writes a file in one pass; it appears under its name only when it is whole.
    ///
    /// - Parameters:
    ///   - path: the file to write, replacing any.
    ///   - tensors: names, types and shapes.
    ///   - alignment: the data begin at a multiple of this in the file; 8 is what the reference writer does.
    ///   - metadata: `__metadata__`, its keys in ascending order; PyTorch loaders want `format` to be `pt`.
    ///   - content: gives the contents of one tensor; called in the order of the file.
    /// - Throws: `CheckpointError`: a name twice, too few or too many bytes, or the system's refusal to write.
    public static func write(
        to path: String, tensors: [TensorInfo], alignment: Int = 8, metadata: [String: String] = ["format": "pt"],
        content: (TensorSink) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let ordered = try layOut(tensors, path: path)
        let file = try AtomicFile(path: path)
        let header = header(ordered, metadata: metadata, alignment: alignment)
        try file.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
        try file.write(header)
        for info in ordered {
            let sink = TensorSink(info: info, file: file, hasChecksum: false)
            try content(sink)
            try sink.finish()
        }
        try file.commit()
    }

    private static func layOut(_ tensors: [TensorInfo], path: String) throws(CheckpointError) -> [TensorInfo] {
        var names: Set<UTF8Key> = []
        for info in tensors {
            guard info.name != "__metadata__" else { throw .writing(path: path, .reservedName(info.name)) }
            guard names.insert(UTF8Key(info.name)).inserted else {
                throw .writing(path: path, .duplicateTensor(name: info.name))
            }
        }
        let ranks = Dictionary(uniqueKeysWithValues: DType.allCases.enumerated().map { ($1, $0) })
        return tensors.sorted { left, right in
            let (a, b) = (ranks[left.dtype] ?? 0, ranks[right.dtype] ?? 0)
            return a != b ? a > b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    private static func header(_ tensors: [TensorInfo], metadata: [String: String], alignment: Int) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            members.append(
                "\"__metadata__\":{" + pairs.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",") + "}")
        }
        var offset = 0
        for info in tensors {
            let shape = info.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(json(info.name)):{\"dtype\":\"\(info.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(offset + info.byteCount)]}")
            offset += info.byteCount
        }
        var header = Array(("{" + members.joined(separator: ",") + "}").utf8)
        header.append(contentsOf: repeatElement(0x20, count: (alignment - (8 + header.count) % alignment) % alignment))
        return header
    }

    private static func json(_ text: String) -> String { JSONValue.string(text).serialized() }
}
