internal import ErlangshenCheckpoint
public import ErlangshenCompute
internal import ErlangshenJSON

/// The weights of a prepared folder: `packed.safetensors`, in the form that one kind of processor computes with.
///
/// Packed matrices are tensors of 64-bit words with names such as `weight/int8/<name>|<name>`, relative tables
/// `relative/<name>`, everything else float32 under `table/<name>`, where the names are the checkpoint's. The tensor
/// `erlangshen.packed` holds a JSON object that says for what the file was made. Contents begin at multiples of 64, so
/// that they are mapped and used as they are.
final class PackedFile: Sendable {
    static let name = "packed.safetensors"
    static let headerName = "erlangshen.packed"
    /// One more whenever the form of packed weights changes.
    static let version: Int64 = 1
    /// Packed tensors begin at multiples of this many bytes.
    static let alignment = 64

    let path: String
    let precision: Precision
    let layout: String
    private let checkpoint: Checkpoint
    /// Names of the original checkpoint that the file has something of.
    private let names: Set<String>

    /// Opens the file of a folder; nil when the folder is not a prepared one.
    init?(directory: String) throws(ModelError) {
        guard Checkpoint.has(Self.name, in: directory) else { return nil }
        path = directory + "/" + Self.name
        do { checkpoint = try Checkpoint(file: path) } catch { throw .checkpoint(error) }
        let header = try Self.header(checkpoint, path: path)
        guard header["version"]?.intValue == Int(Self.version) else {
            throw .packed(path: path, .version)
        }
        guard let precision = header["precision"]?.stringValue.flatMap(Precision.init(rawValue:)),
            let layout = header["layout"]?.stringValue
        else { throw .packed(path: path, .header) }
        self.precision = precision
        self.layout = layout
        names = Set(
            checkpoint.tensors.flatMap { tensor -> [String] in
                let parts = tensor.name.split(separator: "/", maxSplits: tensor.name.hasPrefix("weight/") ? 2 : 1)
                return parts.last.map { $0.split(separator: "|").map(String.init) } ?? []
            })
    }

    private static func header(_ checkpoint: Checkpoint, path: String) throws(ModelError) -> JSONObject {
        let bytes: TensorBytes
        do { bytes = try checkpoint.bytes(of: headerName) } catch { throw .packed(path: path, .header) }
        let value = bytes.withUnsafeBytes { raw in try? JSONValue.parse(raw, maximumByteCount: 1 << 16) }
        guard let object = value?.objectValue else { throw .packed(path: path, .header) }
        return object
    }

    /// Whether the checkpoint that was prepared had a tensor of this name, and the model read it.
    func has(_ name: String) -> Bool { names.contains(name) }

    /// The contents of an entry, which has to have `dtype` and, where one is given, this shape.
    func bytes(_ key: String, dtype: DType, shape: [Int]? = nil, neededBy owner: String) throws(ModelError)
        -> TensorBytes
    {
        guard let info = checkpoint.info(key) else { throw .missingTensor(name: key, neededBy: owner, path: path) }
        guard info.dtype == dtype else {
            throw .unsupportedElementType(name: key, found: info.dtype.rawValue, path: path)
        }
        if let shape, info.shape != shape {
            throw .shapeMismatch(name: key, expected: shape, found: info.shape, path: path)
        }
        do { return try checkpoint.bytes(of: key) } catch { throw .checkpoint(error) }
    }

    static func weightKey(_ names: [String], _ precision: Precision) -> String {
        "weight/\(precision.rawValue)/" + names.joined(separator: "|")
    }
    static func relativeKey(_ name: String) -> String { "relative/" + name }
    static func tableKey(_ name: String) -> String { "table/" + name }
}

/// What is wrong with a prepared folder, or with its use.
public enum PackedFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file does not say what it was made for.
    case header
    /// The file was written by another version of this library.
    case version
    /// The file was made for another kind of processor.
    case layout(made: String, here: String)
    /// Another precision is asked for than the file holds.
    case precision(holds: Precision, asked: Precision)
    /// A packed tensor has not the size that the configuration gives it.
    case size(name: String)
    /// Products by oneDNN have a form of their own, which cannot be written.
    case foreignProducts

    public var description: String {
        switch self {
        case .header: "it is no prepared model; make it again with `erlangshen quantize`"
        case .version: "it was prepared by another version; make it again with `erlangshen quantize`"
        case .layout(let made, let here):
            "it was prepared on a processor with \(made) and this one computes with \(here); "
                + "prepare the original folder here with `erlangshen quantize`"
        case .precision(let holds, let asked):
            "it holds \(holds.rawValue) and \(asked.rawValue) is asked for; leave --precision out, "
                + "or use the folder that it was made from"
        case .size(let name):
            "tensor \(name) has not the size that config.json gives it; take both files from the same folder"
        case .foreignProducts: "oneDNN's products cannot be prepared; leave ERLANGSHEN_PRODUCTS unset"
        }
    }
}
