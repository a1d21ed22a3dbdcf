internal import ErlangshenCheckpoint
internal import ErlangshenCompute
internal import ErlangshenJSON

/// Keeps what a loader made, so that it can be written as a prepared folder. One loader uses it, on one thread.
final class PackedRecorder {
    enum Entry {
        case weight(PackedWeight)
        case relative(RelativeTable)
        case table(Tensor)
    }

    private var entries: [String: Entry] = [:]

    func record(_ key: String, _ entry: Entry) { entries[key] = entry }

    /// Writes `packed.safetensors` into a folder.
    func write(to directory: String, precision: Precision, layout: String) throws(ModelError) {
        let path = directory + "/" + PackedFile.name
        let header: JSONValue = [
            "version": .integer(PackedFile.version), "precision": .string(precision.rawValue),
            "layout": .string(layout),
        ]
        let text = Array(header.serialized().utf8)
        var tensors = [try describe(PackedFile.headerName, .u8, [text.count], path: path)]
        for (key, entry) in entries { tensors.append(try describe(key, entry, path: path)) }
        do {
            try SafetensorsWriter.write(
                to: path, tensors: tensors, alignment: PackedFile.alignment
            ) { sink throws(CheckpointError) in
                guard let entry = entries[sink.info.name] else {
                    try sink.write(text)
                    return
                }
                try Self.write(entry, to: sink)
            }
        } catch {
            throw .checkpoint(error)
        }
    }

    private func describe(_ key: String, _ entry: Entry, path: String) throws(ModelError) -> TensorInfo {
        switch entry {
        case .weight(let weight):
            guard let size = weight.withPackedBytes({ $0.count }) else { throw .packed(path: path, .foreignProducts) }
            return try describe(key, .u64, [Self.padded(size) / 8], path: path)
        case .relative(let table):
            return try describe(key, .u64, [Self.padded(table.withPackedBytes { $0.count }) / 8], path: path)
        case .table(let tensor):
            return try describe(key, .f32, [tensor.rows, tensor.columns], path: path)
        }
    }

    private func describe(_ name: String, _ dtype: DType, _ shape: [Int], path: String) throws(ModelError) -> TensorInfo
    {
        do { return try TensorInfo(name: name, dtype: dtype, shape: shape) } catch {
            throw .packed(path: path, .size(name: name))
        }
    }

    private static func padded(_ byteCount: Int) -> Int {
        (byteCount + PackedFile.alignment - 1) / PackedFile.alignment * PackedFile.alignment
    }

    private static func write(_ entry: Entry, to sink: TensorSink) throws(CheckpointError) {
        switch entry {
        case .weight(let weight):
            let written: Void? = try weight.withPackedBytes { raw throws(CheckpointError) in
                try writePadded(raw, to: sink)
            }
            _ = written
        case .relative(let table):
            try table.withPackedBytes { raw throws(CheckpointError) in try writePadded(raw, to: sink) }
        case .table(let tensor):
            let values = (try? tensor.read().values) ?? []
            try sink.write(values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
        }
    }

    private static func writePadded(_ raw: UnsafeRawBufferPointer, to sink: TensorSink) throws(CheckpointError) {
        try sink.write(raw)
        try sink.write([UInt8](repeating: 0, count: padded(raw.count) - raw.count))
    }
}
