public import ErlangshenJSON

/// Why a list of shards is not read, or does not fit its shards.
public enum IndexFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file is no strict JSON of the expected form.
    case json(JSONError)
    /// The list itself is larger than is accepted.
    case tooLarge(byteCount: Int, limit: Int)
    /// No `weight_map`.
    case noWeightMap
    /// A field that comes twice.
    case duplicateField(String)
    /// A tensor that is listed twice.
    case duplicateTensor(name: String)
    /// A shard that is not the plain name of a file in the same folder.
    case unsafeFileName(tensor: String, file: String)
    /// More tensors than are accepted.
    case tooManyTensors(limit: Int)
    /// More bytes of tensor names than are accepted.
    case namesTooLong(limit: Int)
    /// More shards than are accepted.
    case tooManyShards(limit: Int)
    /// A tensor that its shard does not hold.
    case missingTensor(name: String, file: String)
    /// A tensor that two shards hold.
    case tensorInTwoShards(name: String, first: String, second: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .json(let error): "\(error)"
        case .tooLarge(let count, let limit): "its \(count) bytes are more than the limit of \(limit)"
        case .noWeightMap: "it has no weight_map"
        case .duplicateField(let field): "it has \(field.quoted()) twice"
        case .duplicateTensor(let name): "tensor \(name.quoted()) is listed twice"
        case .unsafeFileName(let tensor, let file):
            "tensor \(tensor.quoted()) is said to lie in \(file.quoted()), which is not the plain name of a file"
        case .tooManyTensors(let limit): "it lists more than \(limit) tensors"
        case .namesTooLong(let limit): "its tensor names have more than \(limit) bytes together"
        case .tooManyShards(let limit): "it lists more than \(limit) files"
        case .missingTensor(let name, let file):
            "tensor \(name.quoted()) is not in \(file.quoted()), where the list says it is; download that file again"
        case .tensorInTwoShards(let name, let first, let second):
            "tensor \(name.quoted()) is both in \(first.quoted()) and in \(second.quoted())"
        }
    }
}
