/// Makes safetensors files byte by byte, right ones and wrong ones.
enum SafetensorsBytes {
    /// Header length, header, data; `length` lies about the first.
    static func file(_ header: [UInt8], _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        little(length ?? UInt64(header.count)) + header + data
    }

    static func file(_ header: String, _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        file(Array(header.utf8), data, length: length)
    }

    /// The header member of one tensor, 2 x 2 floats at the start unless said otherwise.
    static func tensor(
        _ name: String = "a", dtype: String = "\"F32\"", shape: String = "[2,2]", offsets: String = "[0,16]"
    ) -> String {
        "\"\(name)\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    /// A file of one tensor with zeros for contents.
    static func single(
        dtype: String = "\"F32\"", shape: String = "[2,2]", offsets: String = "[0,16]", count: Int = 16
    ) -> [UInt8] {
        file("{\(tensor(dtype: dtype, shape: shape, offsets: offsets))}", zeros(count))
    }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
