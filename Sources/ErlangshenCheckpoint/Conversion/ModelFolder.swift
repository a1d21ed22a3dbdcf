import ErlangshenJSON

/// The files that stand beside the weights of a model.
enum ModelFolder {
    /// Configuration, vocabulary and tokenizer files; whatever else a folder holds is left behind.
    static let companions = [
        "config.json", "generation_config.json", "vocab.txt", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "spm.model", "LICENSE",
    ]

    /// Bytes of a `config.json` accepted.
    private static let maximumConfigurationByteCount = 4 << 20

    /// Copies the companions byte by byte; `config.json` is written anew when it names another type than the weights.
    static func copyCompanions(
        from source: String, to target: String, dtype: DType?, report: inout ConversionReport
    ) throws(CheckpointError) {
        for name in companions {
            let path = FileSystem.join(source, name)
            guard FileSystem.kind(of: path) == .file else { continue }
            let destination = FileSystem.join(target, name)
            let file = try MappedFile(path: path)
            if name == "config.json", let dtype, let text = try updated(file, dtype: dtype) {
                try write(Array(text.utf8), to: destination)
                report.updatedConfiguration = true
            } else if !FileSystem.areSame(path, destination) {
                try write(file.bytes, to: destination)
                report.copiedFiles.append(name)
            }
        }
    }

    /// The configuration with its `torch_dtype` or `dtype` changed, nil when it has none or it is right already.
    private static func updated(_ file: MappedFile, dtype: DType) throws(CheckpointError) -> String? {
        guard let name = dtype.torchName else { return nil }
        let value: JSONValue
        do {
            value = try JSONValue.parse(file.bytes, maximumByteCount: maximumConfigurationByteCount)
        } catch {
            throw .writing(path: file.path, .configuration("\(error)"))
        }
        guard var configuration = value.objectValue else {
            throw .writing(path: file.path, .configuration("it holds something else"))
        }
        var isChanged = false
        for key in ["torch_dtype", "dtype"] where configuration[key]?.stringValue.map({ $0 != name }) == true {
            configuration[key] = .string(name)
            isChanged = true
        }
        return isChanged ? JSONValue.object(configuration).serialized(pretty: true) + "\n" : nil
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(CheckpointError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }
}
