import ErlangshenJSON

/// Why a PyTorch archive is no checkpoint that can be read.
public enum TorchFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// A zip archive without `data.pkl`.
    case notTorch(entries: [String])
    /// A program saved by `torch.jit.save`.
    case torchScript
    /// A file from before PyTorch 1.6 that has not the form of one.
    case legacyForm(String)
    /// Tensors of a big-endian machine, or of an order that is unknown.
    case byteOrder(String)
    /// The top value is no dict.
    case rootIsNoDictionary(found: String)
    /// A dict key that is no string.
    case keyIsNoString(found: String)
    /// More bytes of dict keys than are accepted.
    case namesTooLong(limit: Int)
    /// A dict without any tensor.
    case noTensors(keys: [String])
    /// One name twice.
    case duplicateTensor(name: String)
    /// A storage whose record is not in the archive.
    case missingRecord(tensor: String, record: String)
    /// A record that has another length than its storage claims.
    case recordLength(tensor: String, record: String, claimed: Int64, found: Int)
    /// Sizes, strides or offset that do not stay within the storage, or repeat elements.
    case geometry(tensor: String, shape: [Int], strides: [Int], offset: Int64, storageCount: Int)
    /// Sizes or strides that are no integers, or not as many of the one as of the other.
    case malformedGeometry(tensor: String)
    /// A shape that makes no tensor.
    case shape(tensor: String, TensorFault)
    /// A tensor without an element type.
    case noDType(tensor: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .notTorch(let entries):
            "the zip archive has no data.pkl; it holds \(entries.prefix(5).map { $0.quoted() }.joined(separator: ", "))"
        case .torchScript: "it is a TorchScript program; save the state_dict of the module instead"
        case .legacyForm(let what): "it begins like a file from before PyTorch 1.6, but \(what)"
        case .byteOrder(let order):
            "its tensors have byte order \(order.quoted()); load and save them on a little-endian machine"
        case .rootIsNoDictionary(let found): "it holds \(found), not a dict of tensors; save model.state_dict()"
        case .keyIsNoString(let found): "a key of its dict is \(found), not a string"
        case .namesTooLong(let limit): "the keys of its dict have more than \(limit) bytes together"
        case .noTensors(let keys):
            "its dict holds no tensor; its keys are \(keys.map { $0.quoted() }.joined(separator: ", "))"
        case .duplicateTensor(let name): "tensor \(name.quoted()) is listed twice"
        case .missingRecord(let tensor, let record):
            "tensor \(tensor.quoted()) lies in record \(record.quoted()), which is missing"
        case .recordLength(let tensor, let record, let claimed, let found):
            "tensor \(tensor.quoted()) claims \(claimed) elements in record \(record.quoted()) of \(found) bytes"
        case .geometry(let tensor, let shape, let strides, let offset, let count):
            "tensor \(tensor.quoted()) of shape \(shape), strides \(strides) and offset \(offset) repeats elements or "
                + "does not stay within the \(count) of its storage"
        case .malformedGeometry(let tensor): "sizes and strides of tensor \(tensor.quoted()) do not fit each other"
        case .shape(let tensor, let fault): "tensor \(tensor.quoted()): \(fault)"
        case .noDType(let tensor): "tensor \(tensor.quoted()) has no element type"
        }
    }
}
