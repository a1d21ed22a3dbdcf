/// The few wire types of protocol buffers that an event needs.
///
/// Source: protobuf.dev, "Encoding".
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    /// An integer; negative ones take ten bytes.
    mutating func integer(_ field: UInt64, _ value: Int64) {
        varint(field << 3)
        varint(UInt64(bitPattern: value))
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        varint(field << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        varint(field << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A text or another message.
    mutating func block(_ field: UInt64, _ contents: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(contents.count))
        bytes.append(contentsOf: contents)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
