/// Name, element type and shape of one stored tensor.
public struct TensorInfo: Sendable, Equatable {
    /// The key in the state dict, such as `deberta.embeddings.word_embeddings.weight`.
    public let name: String
    /// Element type.
    public let dtype: DType
    /// Sizes, outermost first; empty for a single number.
    public let shape: [Int]
    /// Bytes of the row-major contents.
    public let byteCount: Int

    /// The largest number of dimensions accepted; the models here have three.
    public static let maximumRank = 32

    /// Describes a tensor and computes its size.
    ///
    /// - Throws: `TensorFault` when a size is negative, there are more than `maximumRank`, the size in bytes does not
    ///   fit 64 bits, or elements smaller than a byte do not fill the last byte.
    public init(name: String, dtype: DType, shape: [Int]) throws(TensorFault) {
        guard shape.count <= TensorInfo.maximumRank else {
            throw .rankTooHigh(rank: shape.count, limit: TensorInfo.maximumRank)
        }
        var elements = 1
        for size in shape {
            guard size >= 0 else { throw .negativeSize(shape: shape) }
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .tooLarge(shape: shape) }
            elements = product
        }
        let (bits, overflow) = elements.multipliedReportingOverflow(by: dtype.bitCount)
        guard !overflow else { throw .tooLarge(shape: shape) }
        guard bits % 8 == 0 else { throw .partialByte(dtype: dtype, shape: shape) }
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.byteCount = bits / 8
    }

    /// The number of elements.
    public var elementCount: Int { shape.reduce(1, *) }
}
