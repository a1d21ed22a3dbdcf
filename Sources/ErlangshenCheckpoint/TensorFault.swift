/// Why a name, type and shape make no tensor.
public enum TensorFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// A size below zero.
    case negativeSize(shape: [Int])
    /// More dimensions than are accepted.
    case rankTooHigh(rank: Int, limit: Int)
    /// The size in bits does not fit 64 bits.
    case tooLarge(shape: [Int])
    /// Elements smaller than a byte that do not fill the last one.
    case partialByte(dtype: DType, shape: [Int])

    /// What is wrong with the shape.
    public var description: String {
        switch self {
        case .negativeSize(let shape): "shape \(shape) has a negative size"
        case .rankTooHigh(let rank, let limit): "\(rank) dimensions are more than the limit of \(limit)"
        case .tooLarge(let shape): "shape \(shape) has more bytes than 64 bits can count"
        case .partialByte(let dtype, let shape): "shape \(shape) of \(dtype.rawValue) does not fill whole bytes"
        }
    }
}
