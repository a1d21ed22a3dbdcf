import ErlangshenJSON

/// A `.safetensors` file: header checked when opened, contents handed out straight from the mapping.
///
/// The format has no checksum: a flipped bit in a weight cannot be noticed here.
final class SafetensorsReader: TensorFile {
    let tensors: [TensorInfo]
    let aliases: [TensorAlias]
    let metadata: [(key: String, value: String)]
    private let ranges: [Range<Int>]
    private let file: MappedFile

    /// Reads the header of a mapped file.
    init(_ file: MappedFile) throws(CheckpointError) {
        let header: SafetensorsHeader
        do { header = try SafetensorsHeader(file.bytes) } catch {
            throw .safetensors(path: file.path, error)
        }
        self.file = file
        tensors = header.entries.map(\.info)
        ranges = header.entries.map(\.range)
        metadata = header.metadata
        let names = Set(tensors.map { UTF8Key($0.name) })
        // How safetensors.torch.save_model notes a tensor that it left out because another has its contents.
        aliases = metadata.filter { names.contains(UTF8Key($0.value)) && !names.contains(UTF8Key($0.key)) }
            .map { TensorAlias(name: $0.key, target: $0.value) }
    }

    var path: String { file.path }

    var notes: [String] { [] }

    func bytes(at index: Int) throws(CheckpointError) -> TensorBytes {
        try file.checkLength()
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[ranges[index]])
        return TensorBytes(info: tensors[index], bytes: bytes, owner: file)
    }

    func release(at index: Int) { file.release(ranges[index]) }
}
