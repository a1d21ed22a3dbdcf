import ErlangshenJSON

/// A `.safetensors` file: header checked when opened, contents handed out straight from the mapping.
///
/// The format has no checksum: a flipped bit in a weight cannot be noticed here.
final class SafetensorsReader: TensorFile {
    let tensors: [TensorInfo]
    let aliases: [TensorAlias]
    private let ranges: [Range<Int>]
    private let file: MappedFile

    /// Reads the header of a mapped file.
    init(_ file: MappedFile) throws(CheckpointError) {
        let header: SafetensorsHeader
        do { header = try SafetensorsHeader(file.bytes) } catch {
            throw .safetensors(path: file.path, error)
        }
        self.file = file
        tensors = header.tensors.map(\.info)
        ranges = header.tensors.map { header.dataStart + $0.range.lowerBound..<header.dataStart + $0.range.upperBound }
        aliases = SafetensorsReader.findAliases(in: header.metadata, of: tensors)
    }

    /// How safetensors.torch.save_model notes a tensor that it left out because another has its contents: the name that
    /// was left out as a key of the metadata, the other as its value.
    private static func findAliases(
        in metadata: [(key: String, value: String)], of tensors: [TensorInfo]
    ) -> [TensorAlias] {
        let candidates = Set(metadata.flatMap { [UTF8Key($0.key), UTF8Key($0.value)] })
        let names = candidates.intersection(tensors.lazy.map { UTF8Key($0.name) })
        return metadata.filter { names.contains(UTF8Key($0.value)) && !names.contains(UTF8Key($0.key)) }
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
