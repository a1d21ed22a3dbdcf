import ErlangshenJSON

/// Rewrites a checkpoint in another format, another element type, or both.
public enum CheckpointConverter {
    /// Elements converted at a time, so that the memory needed does not depend on the tensors.
    private static let chunkElementCount = 1 << 18

    /// Converts a file or a model folder.
    ///
    /// A folder becomes a folder: its weights under the name that the format has, sharded ones as one file, and beside
    /// them configuration, vocabulary and tokenizer files as they are. A file becomes a file; when `target` is a folder
    /// it gets the name of the format in there.
    ///
    /// - Parameters:
    ///   - source: a model folder or a weights file.
    ///   - target: where to write.
    ///   - format: the format to write.
    ///   - dtype: F32, F16 or BF16 for all floating-point tensors, nil to leave types as they are; integers stay.
    ///   - overwrite: whether weights that stand at the target may be replaced.
    /// - Throws: `CheckpointError`: whatever reading and writing throw, and `writing` with `exists`.
    /// - Returns: what was written and how many numbers left the range of the new type.
    public static func convert(
        from source: String, to target: String, format: CheckpointFormat, dtype: DType? = nil, overwrite: Bool = false
    ) throws(CheckpointError) -> ConversionReport {
        let isFolder = FileSystem.kind(of: source) == .folder
        let checkpoint = isFolder ? try Checkpoint(directory: source) : try Checkpoint(file: source)
        if isFolder { try FileSystem.makeFolder(target) }
        let isTargetFolder = FileSystem.kind(of: target) == .folder
        let path = isTargetFolder ? FileSystem.join(target, format.fileName) : target
        guard overwrite || FileSystem.kind(of: path) == nil else { throw .writing(path: path, .exists) }
        if let dtype { try checkTarget(dtype, path: path) }
        var report = ConversionReport(path: path, notes: checkpoint.notes)
        try convert(checkpoint, to: path, format: format, dtype: dtype, report: &report)
        if isFolder { try ModelFolder.copyCompanions(from: source, to: target, dtype: dtype, report: &report) }
        return report
    }

    /// Copies what stands beside the weights of a model folder, configuration and vocabulary, into another.
    ///
    /// - Throws: `CheckpointError` when the system refuses to read or write.
    public static func copyCompanions(from source: String, to target: String) throws(CheckpointError) {
        try FileSystem.makeFolder(target)
        var report = ConversionReport(path: target, notes: [])
        try ModelFolder.copyCompanions(from: source, to: target, dtype: nil, report: &report)
    }

    private static func checkTarget(_ dtype: DType, path: String) throws(CheckpointError) {
        guard dtype.isConvertible, dtype != .f64 else { throw .writing(path: path, .unsupportedTarget(dtype)) }
    }

    private static func convert(
        _ checkpoint: Checkpoint, to path: String, format: CheckpointFormat, dtype: DType?,
        report: inout ConversionReport
    ) throws(CheckpointError) {
        let duplicates = Set(checkpoint.aliases.map { UTF8Key($0.name) })
        var tensors: [TensorInfo] = []
        for info in checkpoint.tensors where !duplicates.contains(UTF8Key(info.name)) {
            tensors.append(try converted(info, to: dtype, path: path))
        }
        report.aliases = checkpoint.aliases
        report.tensorCount = tensors.count
        let content = { (sink: TensorSink) throws(CheckpointError) in
            try copy(sink.info.name, of: checkpoint, to: sink, report: &report)
        }
        switch format {
        case .safetensors:
            var metadata = ["format": "pt"]
            for alias in checkpoint.aliases { metadata[alias.name] = alias.target }
            try SafetensorsWriter.write(to: path, tensors: tensors, metadata: metadata, content: content)
        case .torch:
            try TorchZipWriter.write(to: path, tensors: tensors, aliases: checkpoint.aliases, content: content)
        }
    }

    private static func converted(
        _ info: TensorInfo, to dtype: DType?, path: String
    ) throws(CheckpointError) -> TensorInfo {
        guard let dtype, info.dtype.isConvertible else { return info }
        do { return try TensorInfo(name: info.name, dtype: dtype, shape: info.shape) } catch {
            throw .writing(path: path, .shape(tensor: info.name, error))
        }
    }

    /// Writes one tensor, converted where its type changes, and gives its memory back.
    private static func copy(
        _ name: String, of checkpoint: Checkpoint, to sink: TensorSink, report: inout ConversionReport
    ) throws(CheckpointError) {
        let contents = try checkpoint.bytes(of: name)
        defer { checkpoint.release(name) }
        report.sourceByteCount += contents.info.byteCount
        report.targetByteCount += sink.info.byteCount
        guard contents.info.dtype != sink.info.dtype,
            var conversion = FloatConversion(from: contents.info.dtype, to: sink.info.dtype)
        else {
            try contents.withUnsafeBytes { bytes throws(CheckpointError) in try sink.write(bytes) }
            return
        }
        try contents.withUnsafeBytes { bytes throws(CheckpointError) in
            try write(bytes, to: sink, by: &conversion)
        }
        report.overflowCount += conversion.overflowCount
        report.underflowCount += conversion.underflowCount
        if conversion.overflowCount > 0 { report.overflowedTensors.append(name) }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to sink: TensorSink, by conversion: inout FloatConversion
    ) throws(CheckpointError) {
        let step = chunkElementCount * conversion.source.bitCount / 8
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: chunkElementCount * conversion.target.bitCount / 8, alignment: 64)
        defer { buffer.deallocate() }
        for start in stride(from: 0, to: bytes.count, by: step) {
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)])
            let count = conversion.convert(chunk, into: buffer)
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
