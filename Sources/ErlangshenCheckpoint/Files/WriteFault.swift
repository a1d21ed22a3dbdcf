import ErlangshenJSON

/// Why a checkpoint cannot be written as asked.
public enum WriteFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Something stands at the target, and overwriting was not allowed.
    case exists
    /// Two tensors of one name.
    case duplicateTensor(name: String)
    /// A name that the format keeps for itself.
    case reservedName(String)
    /// A tensor for which more or fewer bytes were given than its type and shape make.
    case byteCount(tensor: String, expected: Int, found: Int)
    /// An element type that the format cannot hold.
    case unsupportedDType(tensor: String, dtype: DType)
    /// A shape that makes no tensor of the new type.
    case shape(tensor: String, TensorFault)
    /// A second name for a tensor that is not written.
    case unknownAliasTarget(name: String, target: String)
    /// A type that weights cannot be converted to.
    case unsupportedTarget(DType)
    /// A `config.json` that should name the new type and is no JSON object.
    case configuration(String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .exists: "it exists already; remove it or allow overwriting"
        case .duplicateTensor(let name): "tensor \(name.quoted()) comes twice"
        case .reservedName(let name): "no tensor may be called \(name.quoted()) in this format"
        case .byteCount(let tensor, let expected, let found):
            "tensor \(tensor.quoted()) has \(expected) bytes but \(found) were given"
        case .unsupportedDType(let tensor, let dtype):
            "tensor \(tensor.quoted()) has type \(dtype.rawValue), which this format cannot hold; write safetensors"
        case .shape(let tensor, let fault): "tensor \(tensor.quoted()): \(fault)"
        case .unknownAliasTarget(let name, let target):
            "\(name.quoted()) should share the contents of \(target.quoted()), which is not written"
        case .unsupportedTarget(let dtype): "weights can be converted to F32, F16 or BF16, not to \(dtype.rawValue)"
        case .configuration(let reason): "config.json is not a JSON object: \(reason)"
        }
    }
}
