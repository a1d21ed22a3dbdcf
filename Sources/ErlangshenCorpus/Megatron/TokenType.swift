/// How wide the ids of a corpus are: the codes of Megatron-LM.
public enum TokenType: UInt8, Sendable, CaseIterable {
    /// Eight bits, unsigned.
    case uint8 = 1
    /// Eight bits, signed.
    case int8 = 2
    /// Sixteen bits, signed.
    case int16 = 3
    /// Thirty-two bits, signed.
    case int32 = 4
    /// Sixty-four bits, signed.
    case int64 = 5
    /// Sixteen bits, unsigned.
    case uint16 = 8

    /// Bytes of a token.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32: 4
        case .int64: 8
        }
    }

    /// What Megatron-LM chooses for a vocabulary: 16 bits below 65,500 tokens, else 32.
    public init(vocabularySize: Int) { self = vocabularySize < 65_500 ? .uint16 : .int32 }
}
