import ErlangshenJSON

/// Writes zip-format `pytorch_model.bin` files that `torch.load(weights_only=True)` opens.
public enum TorchZipWriter {
    /// Writes a file in one pass; it appears under its name only when it is whole.
    ///
    /// - Parameters:
    ///   - path: the file to write, replacing any.
    ///   - tensors: names, types and shapes, in the order that the state dict shall have.
    ///   - aliases: further names, each sharing the storage of one of `tensors`, as a tied decoder does.
    ///   - content: gives the contents of one tensor; called in the order of `tensors`.
    /// - Throws: `CheckpointError`: a name twice, a type that PyTorch has no storage for, an alias of nothing, too few
    ///   or too many bytes, or the system's refusal to write.
    public static func write(
        to path: String, tensors: [TensorInfo], aliases: [TensorAlias] = [],
        content: (TensorSink) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try write(
            to: path, tensors: tensors, aliases: aliases, zip64Threshold: ZipWriter.defaultThreshold, content: content)
    }

    static func write(
        to path: String, tensors: [TensorInfo], aliases: [TensorAlias], zip64Threshold: UInt64,
        content: (TensorSink) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let pickle = try pickle(tensors, aliases, path: path)
        let file = try AtomicFile(path: path)
        var zip = ZipWriter(file: file, zip64Threshold: zip64Threshold)
        try zip.add("archive/data.pkl", pickle)
        try zip.add("archive/byteorder", Array("little".utf8))
        for (key, info) in tensors.enumerated() {
            try zip.begin("archive/data/\(key)", size: info.byteCount)
            let sink = TensorSink(info: info, file: file, hasChecksum: true)
            try content(sink)
            try sink.finish()
            try zip.finish(checksum: sink.checksum)
        }
        try zip.add("archive/version", Array("3\n".utf8))
        try zip.close()
        try file.commit()
    }

    private static func pickle(
        _ tensors: [TensorInfo], _ aliases: [TensorAlias], path: String
    ) throws(CheckpointError) -> [UInt8] {
        let classes = Dictionary(uniqueKeysWithValues: PickleGlobal.storages.map { ($1, $0) })
        var second: [UTF8Key: [String]] = [:]
        for alias in aliases { second[UTF8Key(alias.target), default: []].append(alias.name) }
        var names: Set<UTF8Key> = []
        var writer = PickleWriter()
        for (key, info) in tensors.enumerated() {
            guard let storageClass = classes[info.dtype] else {
                throw .writing(path: path, .unsupportedDType(tensor: info.name, dtype: info.dtype))
            }
            for name in [info.name] + (second.removeValue(forKey: UTF8Key(info.name)) ?? []) {
                guard names.insert(UTF8Key(name)).inserted else {
                    throw .writing(path: path, .duplicateTensor(name: name))
                }
                writer.add(name: name, info: info, storageClass: storageClass, key: key)
            }
        }
        if let (target, orphans) = second.first, let name = orphans.first {
            throw .writing(path: path, .unknownAliasTarget(name: name, target: target.text))
        }
        writer.finish()
        return writer.bytes
    }
}
