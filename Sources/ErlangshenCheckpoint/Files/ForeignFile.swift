/// What a file is that is no checkpoint, recognised by its first bytes.
public enum ForeignFile: Sendable, Equatable, CustomStringConvertible {
    /// Nothing at all.
    case empty
    /// The few lines that git keeps in place of a large file.
    case gitLFSPointer
    /// A web page, most often an error or a login page saved under the right name.
    case html
    /// A JSON text, most often the error message of a download.
    case json
    /// A pickle outside of an archive.
    case pickle
    /// A tar archive.
    case tar
    /// A compressed file.
    case compressed(String)
    /// Keras or TensorFlow weights.
    case hdf5
    /// A llama.cpp model.
    case gguf
    /// NumPy arrays.
    case numpy

    /// What it is and how to get a checkpoint instead.
    public var description: String {
        switch self {
        case .empty: "an empty file; download it again"
        case .gitLFSPointer:
            "a Git LFS pointer, not the file itself; fetch that with `git lfs pull` or download it again"
        case .html: "a web page saved under this name; download the file again, signed in if it needs that"
        case .json: "a JSON text, perhaps the error message of a download; download the file again"
        case .pickle: "a bare Python pickle; save the state dict with torch.save or safetensors instead"
        case .tar: "a tar archive; unpack it, or save the weights with torch.save or safetensors"
        case .compressed(let name): "compressed by \(name); unpack it first"
        case .hdf5: "an HDF5 file of Keras or TensorFlow; convert it with transformers, from_tf=True, save_pretrained"
        case .gguf: "a GGUF file of llama.cpp; download the safetensors it was made from"
        case .numpy: "a NumPy file; save the state dict with safetensors instead"
        }
    }

    /// Recognises what is certainly no checkpoint; nil when it may be one.
    init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            self = .empty
        } else if SafetensorsHeader.isPlausible(bytes) {
            return nil
        } else if bytes.has("version https://git-lfs") {
            self = .gitLFSPointer
        } else if let kind = ForeignFile.magic(bytes) ?? ForeignFile.text(bytes) {
            self = kind
        } else {
            return nil
        }
    }

    private static func magic(_ bytes: UnsafeRawBufferPointer) -> ForeignFile? {
        if bytes.first == 0x80, let version = bytes.integer(at: 1, as: UInt8.self), (1...5).contains(version) {
            return TorchLegacyFile.headerLength(bytes) == nil ? .pickle : nil
        }
        if bytes.has("ustar", at: 257) { return .tar }
        if bytes.has("\u{1F}") && bytes.integer(at: 1, as: UInt8.self) == 0x8B { return .compressed("gzip") }
        if bytes.integer(at: 0, as: UInt32.self) == 0xFD2F_B528 { return .compressed("zstd") }
        if bytes.has("BZh") { return .compressed("bzip2") }
        if bytes.integer(at: 0, as: UInt32.self) == 0x587A_37FD { return .compressed("xz") }
        if bytes.integer(at: 0, as: UInt64.self) == 0x0A1A_0A0D_4644_4889 { return .hdf5 }
        if bytes.has("GGUF") { return .gguf }
        if bytes.integer(at: 0, as: UInt32.self) == 0x4D55_4E93 { return .numpy }
        return nil
    }

    /// Recognises texts; the eight bytes of a header length are never all printable within the limit of a header.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> ForeignFile? {
        let start = bytes.prefix(512).drop {
            $0 == 0x20 || (0x09...0x0D).contains($0) || [0xEF, 0xBB, 0xBF].contains($0)
        }
        guard bytes.count < 8 || bytes.prefix(8).allSatisfy({ $0 >= 0x09 }), let first = start.first else { return nil }
        if first == UInt8(ascii: "<") { return .html }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : nil
    }
}
