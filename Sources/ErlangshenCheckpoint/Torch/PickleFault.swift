import ErlangshenJSON

/// Why the pickle of a checkpoint is not read.
public enum PickleFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The pickle ends before its last instruction.
    case unexpectedEnd
    /// Bytes follow the last instruction.
    case trailingBytes
    /// A pickle larger than is accepted.
    case tooLarge(byteCount: Int, limit: Int)
    /// More values than are accepted.
    case tooManyItems(limit: Int)
    /// A protocol that PyTorch does not use.
    case protocolVersion(Int)
    /// An instruction that no state dict needs.
    case unsupportedInstruction(UInt8)
    /// The name of a class or function that is not allowed; nothing is ever executed.
    case forbiddenGlobal(String)
    /// An instruction that finds fewer values than it needs.
    case stackUnderflow
    /// A reference to a value that was never remembered.
    case unknownMemo(Int)
    /// A text that is not UTF-8, or an integer of more than 64 bits.
    case invalidLiteral(String)
    /// A value of another kind than the instruction needs.
    case unexpectedValue(needed: String, found: String)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .unexpectedEnd: "it ends too early; download the file again"
        case .trailingBytes: "bytes follow its end"
        case .tooLarge(let count, let limit): "its \(count) bytes are more than the limit of \(limit)"
        case .tooManyItems(let limit): "it builds more than \(limit) values"
        case .protocolVersion(let version): "it has protocol \(version); save it with torch.save, which uses 2"
        case .unsupportedInstruction(let code): "no state dict needs the instruction 0x\(String(code, radix: 16))"
        case .forbiddenGlobal(let name):
            "it asks for \(name.quoted()), which is not on the list of harmless names; nothing was executed. "
                + "If you trust the file, save its state_dict alone with torch.save or safetensors"
        case .stackUnderflow: "an instruction finds too few values"
        case .unknownMemo(let index): "it refers to value \(index), which it never stored"
        case .invalidLiteral(let what): "\(what)"
        case .unexpectedValue(let needed, let found): "\(needed) is needed where it has \(found)"
        }
    }
}
