/// What can go wrong between Swift and a device.
public enum ComputeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The device had no room for an allocation of `byteCount` bytes.
    case outOfMemory(byteCount: Int, purpose: String)
    /// A setting that no device can be made with, such as a negative number of threads.
    case invalidSetting(name: String, value: String, allowed: String)
    /// Something asked for by name that this machine or this build does not have.
    case unavailable(name: String, reason: String)
    /// A kernel refused its operands or failed; a mistake of the library, not of its user.
    case failed(operation: String, status: Int)

    public var description: String {
        switch self {
        case .outOfMemory(let byteCount, let purpose):
            "no memory for \(purpose) (\(byteCount) bytes); use a smaller model, shorter texts or smaller batches"
        case .invalidSetting(let name, let value, let allowed):
            "\(name) cannot be \(value); allowed: \(allowed)"
        case .unavailable(let name, let reason):
            "\(name) is not available: \(reason)"
        case .failed(let operation, let status):
            "\(operation) failed with status \(status)"
        }
    }
}
