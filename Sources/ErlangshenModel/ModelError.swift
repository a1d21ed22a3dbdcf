public import ErlangshenCheckpoint
public import ErlangshenCompute

/// Why a model cannot be loaded or run.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file of the model folder that cannot be read or is not JSON.
    case unreadableConfig(path: String, reason: String)
    /// A configuration value that this implementation does not run, or that makes no sense.
    case unsupportedConfig(key: String, value: String, allowed: String, source: String)
    /// A tensor that the configuration and the head need and the checkpoint at `path` lacks.
    case missingTensor(name: String, neededBy: String, path: String)
    /// A tensor whose shape contradicts the configuration.
    case shapeMismatch(name: String, expected: [Int], found: [Int], path: String)
    /// A tensor of an element type that weights cannot have.
    case unsupportedElementType(name: String, found: String, path: String)
    /// A prepared folder that is at fault, or used for what it is not.
    case packed(path: String, PackedFault)
    /// A token id outside the vocabulary.
    case tokenOutOfRange(id: Int, vocabSize: Int)
    /// A batch, or a selection of its rows, that makes no sense; the text says what is wrong.
    case invalidBatch(String)
    /// Position \(position) where the absolute position table ends.
    case positionOutOfRange(position: Int, maxPositionEmbeddings: Int)
    /// The checkpoint file itself is at fault.
    case checkpoint(CheckpointError)
    /// The device is at fault.
    case compute(ComputeError)

    public var description: String {
        switch self {
        case .unreadableConfig(let path, let reason):
            "\(path): \(reason)"
        case .unsupportedConfig(let key, let value, let allowed, let source):
            "\(source): \(key) is \(value); supported: \(allowed)"
        case .missingTensor(let name, let neededBy, let path):
            "\(path) has no tensor \(name), which \(neededBy) needs; `erlangshen doctor` says what the checkpoint is for"
        case .shapeMismatch(let name, let expected, let found, let path):
            "\(path): tensor \(name) has shape \(found), but config.json makes it \(expected); "
                + "take both files from the same model"
        case .unsupportedElementType(let name, let found, let path):
            "\(path): tensor \(name) holds \(found); save the model with weights of F64, F32, F16 or BF16"
        case .packed(let path, let fault):
            "\(path): \(fault)"
        case .tokenOutOfRange(let id, let vocabSize):
            "token id \(id) is outside the model's vocabulary of \(vocabSize)"
        case .invalidBatch(let reason):
            reason
        case .positionOutOfRange(let position, let maxPositionEmbeddings):
            "position \(position) is beyond the absolute position table of \(maxPositionEmbeddings); "
                + "shorten the text, or cut it with --max-tokens (in Swift: maximumTokens:)"
        case .checkpoint(let error):
            error.description
        case .compute(let error):
            error.description
        }
    }
}

/// Runs device code inside model code, keeping errors typed.
func onDevice<Result>(_ body: () throws(ComputeError) -> Result) throws(ModelError) -> Result {
    do { return try body() } catch { throw .compute(error) }
}
