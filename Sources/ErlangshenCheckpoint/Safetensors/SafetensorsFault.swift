public import ErlangshenJSON

/// Why a file is no valid safetensors file.
public enum SafetensorsFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Too short to hold the length of a header.
    case tooShort(byteCount: Int)
    /// The first eight bytes name a header larger than any accepted.
    case headerTooLong(byteCount: UInt64, limit: Int)
    /// The header would reach over the end of the file.
    case headerPastEnd(byteCount: Int, fileByteCount: Int)
    /// The header is no strict JSON of the expected form.
    case header(JSONError)
    /// More tensors than are accepted.
    case tooManyTensors(limit: Int)
    /// More entries in `__metadata__` than are accepted.
    case tooMuchMetadata(limit: Int)
    /// More bytes of `__metadata__` than are accepted.
    case metadataTooLong(limit: Int)
    /// More bytes of tensor names than are accepted.
    case namesTooLong(limit: Int)
    /// More dimensions over all tensors than are accepted.
    case tooManyDimensions(limit: Int)
    /// Two tensors of one name.
    case duplicateTensor(name: String)
    /// One key twice in `__metadata__`.
    case duplicateMetadata(key: String)
    /// A tensor without one of `dtype`, `shape`, `data_offsets`.
    case missingField(tensor: String, field: String)
    /// A tensor with the same field twice.
    case duplicateField(tensor: String, field: String)
    /// An element type that the format does not have.
    case unknownDType(tensor: String, dtype: String)
    /// A shape that makes no tensor.
    case shape(tensor: String, TensorFault)
    /// `data_offsets` that are not two ascending numbers.
    case offsets(tensor: String, [Int])
    /// Offsets whose distance is not the size that type and shape make.
    case sizeMismatch(tensor: String, expected: Int, found: Int)
    /// A tensor that starts before the one ahead of it ends.
    case overlap(tensor: String, start: Int, previousEnd: Int)
    /// Bytes ahead of a tensor that belong to none.
    case hole(tensor: String, start: Int, previousEnd: Int)
    /// A file that is shorter or longer than its tensors.
    case dataLength(expected: Int, found: Int)

    /// What is wrong and, where it helps, what it may come from.
    public var description: String {
        switch self {
        case .tooShort(let count): "\(count) bytes are too few for a header; download the file again"
        case .headerTooLong(let count, let limit):
            "its header would have \(count) bytes, more than the limit of \(limit); this is no safetensors file"
        case .headerPastEnd(let count, let fileCount):
            "its header of \(count) bytes reaches over the end of its \(fileCount) bytes; download the file again"
        case .header(let error): "its header is damaged: \(error)"
        case .tooManyTensors(let limit): "it has more than \(limit) tensors"
        case .tooMuchMetadata(let limit): "it has more than \(limit) entries of metadata"
        case .metadataTooLong(let limit): "its metadata has more than \(limit) bytes"
        case .namesTooLong(let limit): "its tensor names have more than \(limit) bytes together"
        case .tooManyDimensions(let limit): "its tensors have more than \(limit) dimensions together"
        case .duplicateTensor(let name): "tensor \(name.quoted()) is listed twice"
        case .duplicateMetadata(let key): "metadata key \(key.quoted()) is listed twice"
        case .missingField(let tensor, let field): "tensor \(tensor.quoted()) has no \(field)"
        case .duplicateField(let tensor, let field): "tensor \(tensor.quoted()) has \(field) twice"
        case .unknownDType(let tensor, let dtype):
            "tensor \(tensor.quoted()) has the unknown element type \(dtype.quoted())"
        case .shape(let tensor, let fault): "tensor \(tensor.quoted()): \(fault)"
        case .offsets(let tensor, let offsets):
            "tensor \(tensor.quoted()) has data_offsets \(offsets) that are not two ascending positions"
        case .sizeMismatch(let tensor, let expected, let found):
            "tensor \(tensor.quoted()) needs \(expected) bytes by its type and shape but has \(found)"
        case .overlap(let tensor, let start, let end):
            "tensor \(tensor.quoted()) starts at byte \(start) within another that ends at \(end)"
        case .hole(let tensor, let start, let end):
            "bytes \(end) to \(start) ahead of tensor \(tensor.quoted()) belong to no tensor"
        case .dataLength(let expected, let found):
            "its tensors need \(expected) bytes but \(found) follow the header; "
                + (found < expected ? "the download is incomplete" : "something was appended")
        }
    }
}
