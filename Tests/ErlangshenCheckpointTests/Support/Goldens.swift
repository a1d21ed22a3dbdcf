import ErlangshenJSON
import Foundation

/// The files that tools/goldens/make_checkpoint_goldens.py wrote with torch 2.15.0 and safetensors 0.8.0.
enum Goldens {
    struct Tensor {
        let dtype: String
        let shape: [Int]
        let bytes: [UInt8]
    }

    static func path(_ name: String) throws -> String {
        guard let url = Bundle.module.url(forResource: "Goldens", withExtension: nil) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return url.appendingPathComponent(name).path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: try path(name))))
    }

    /// What torch says the tensors of `zoo.bin` are, in its order.
    static func tensors() throws -> [(name: String, tensor: Tensor)] {
        let root = try JSONValue.parse(try bytes("expected.json"))
        return root.objectValue?.map { name, value in
            let digits = Array((value["hex"]?.stringValue ?? "").utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).map { index in
                UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) ?? 0
            }
            let shape = value["shape"]?.arrayValue?.compactMap(\.intValue) ?? []
            return (name, Tensor(dtype: value["dtype"]?.stringValue ?? "", shape: shape, bytes: bytes))
        } ?? []
    }
}
