import ErlangshenJSON

/// What keeps a checkpoint from being read, written or converted.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system refused to open, list, map or write something.
    case system(operation: String, path: String, code: Int32)
    /// Something other than a regular file stands where a file is needed.
    case notAFile(path: String)
    /// Something other than a folder stands where a folder is needed.
    case notAFolder(path: String)
    /// The folder has no weights that can be read; `found` is what it has.
    case noCheckpoint(folder: String, found: [String])
    /// The file is something else than a checkpoint.
    case foreignFile(path: String, ForeignFile)
    /// The file is damaged, or made to harm.
    case safetensors(path: String, SafetensorsFault)
    /// The zip archive of a PyTorch file is damaged, or made to harm.
    case zip(path: String, ZipFault)
    /// The pickle inside a PyTorch file is damaged, made to harm, or holds more than tensors.
    case pickle(path: String, offset: Int, PickleFault)
    /// The PyTorch file holds no state dict that can be read.
    case torch(path: String, TorchFault)
    /// The list of shards is damaged or does not fit the shards.
    case index(path: String, IndexFault)
    /// The file became shorter while it was open.
    case fileChanged(path: String, expectedBytes: Int, foundBytes: Int)
    /// There is no tensor of this name.
    case noSuchTensor(name: String, path: String)
    /// What should be written cannot be.
    case writing(path: String, WriteFault)

    /// What is wrong, with which file, and what to do next.
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path.shown): \(FileSystem.message(for: code))"
                + FileSystem.advice(for: code, after: operation)
        case .notAFile(let path): "\(path.shown) is not a file; give the path of a checkpoint file"
        case .notAFolder(let path): "\(path.shown) is not a folder; give the folder that holds the weights"
        case .noCheckpoint(let folder, let found): CheckpointError.noCheckpoint(in: folder, found: found)
        case .foreignFile(let path, let kind): "\(path.shown) is \(kind)"
        case .safetensors(let path, let fault): "\(path.shown) is not a valid safetensors file: \(fault)"
        case .zip(let path, let fault): "\(path.shown) is not a valid PyTorch zip file: \(fault)"
        case .pickle(let path, let offset, let fault):
            "\(path.shown) holds a pickle that is not read: \(fault) (at byte \(offset) of the pickle)"
        case .torch(let path, let fault): "\(path.shown) is not a readable PyTorch checkpoint: \(fault)"
        case .index(let path, let fault): "\(path.shown) is not a valid list of shards: \(fault)"
        case .fileChanged(let path, let expected, let found):
            "\(path.shown) had \(expected) bytes when it was opened and has \(found) now; "
                + "open it again when it is whole"
        case .noSuchTensor(let name, let path): "\(path.shown) has no tensor \(name.quoted(limit: 200))"
        case .writing(let path, let fault): "cannot write \(path.shown): \(fault)"
        }
    }

    private static func noCheckpoint(in folder: String, found: [String]) -> String {
        let text = "no model.safetensors, pytorch_model.bin or index of one in \(folder.shown)"
        guard !found.isEmpty else { return text + ": the folder is empty. \(advice(for: found))" }
        let listed = found.prefix(20).map(\.shown).joined(separator: ", ") + (found.count > 20 ? ", …" : "")
        return "\(text); it holds \(listed). \(advice(for: found))"
    }

    private static func advice(for found: [String]) -> String {
        if found.contains(where: { $0.hasSuffix(".h5") || $0.hasSuffix(".msgpack") }) {
            return "TensorFlow and Flax weights are not read: open the folder in Python with "
                + "AutoModelForMaskedLM.from_pretrained(folder, from_tf=True) or from_flax=True, then save_pretrained"
        }
        if found.contains(where: { $0.hasSuffix(".onnx") }) {
            return "ONNX graphs are not read: download the model.safetensors they were exported from"
        }
        if let other = found.first(where: {
            [".safetensors", ".bin", ".pt", ".pth", ".ckpt"].contains(where: $0.hasSuffix)
        }
        ) {
            return "Rename \(other.shown) to the name of its format if it holds the weights, or give its path"
        }
        return "Download the weights into this folder"
    }
}

extension String {
    /// A path for an error message: as it is when plain, quoted when it holds something a terminal would obey.
    var shown: String { quoted(limit: 4_096).dropFirst().dropLast() == self ? self : quoted(limit: 4_096) }
}
