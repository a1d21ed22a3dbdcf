import ErlangshenCheckpoint
import Foundation

/// A copy of a golden's model folder, with other tensors; removed when the object goes.
final class ChangedCheckpoint {
    /// A tensor that is to be written.
    struct Stored {
        var dtype: DType
        var shape: [Int]
        var bytes: [UInt8]

        /// The same tensor with one more row of zeros.
        var longer: Stored {
            let row = bytes.count / (shape.first ?? 1)
            let more = [UInt8](repeating: 0, count: row)
            return Stored(dtype: dtype, shape: [(shape.first ?? 0) + 1] + shape.dropFirst(), bytes: bytes + more)
        }

        /// Zeros of another element type.
        func zeros(of other: DType) -> Stored {
            let bits = shape.reduce(other.bitCount, *)
            return Stored(dtype: other, shape: shape, bytes: [UInt8](repeating: 0, count: bits / 8))
        }

        /// The same floats as doubles.
        var doubled: Stored {
            let doubles = bytes.withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 4).map {
                    Double(raw.loadUnaligned(fromByteOffset: $0, as: Float.self))
                }
            }
            return Stored(dtype: .f64, shape: shape, bytes: doubles.withUnsafeBytes(Array.init))
        }
    }

    let folder: String
    /// The weights file of the folder.
    var file: String { folder + "/model.safetensors" }
    let original: [String: Stored]

    /// Copies a golden's configuration and reads its tensors; `write` has to follow.
    init(of golden: String) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        folder = url.path
        try FileManager.default.copyItem(atPath: golden + "/config.json", toPath: folder + "/config.json")
        let checkpoint = try Checkpoint(directory: golden)
        original = try checkpoint.tensors.reduce(into: [:]) { tensors, info in
            let bytes = try checkpoint.bytes(of: info.name).withUnsafeBytes { Array($0) }
            tensors[info.name] = Stored(dtype: info.dtype, shape: info.shape, bytes: bytes)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes these tensors as the folder's weights.
    func write(_ tensors: [String: Stored]) throws {
        let infos = try tensors.map { try TensorInfo(name: $0.key, dtype: $0.value.dtype, shape: $0.value.shape) }
        try SafetensorsWriter.write(to: file, tensors: infos) { sink throws(CheckpointError) in
            try sink.write(tensors[sink.info.name]?.bytes ?? [])
        }
    }

    /// Writes the original tensors, but for one; nil leaves it out.
    func write(_ name: String, as tensor: Stored?) throws {
        var tensors = original
        tensors[name] = tensor
        try write(tensors)
    }
}
