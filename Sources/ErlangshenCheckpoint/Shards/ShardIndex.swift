import ErlangshenJSON

/// `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which tensor lies in which file.
struct ShardIndex {
    /// Bytes of an index accepted.
    static let maximumByteCount = 64 << 20
    /// Files accepted; each keeps a descriptor open.
    static let maximumShardCount = 512

    /// File names in the order of their first mention.
    private(set) var files: [String] = []
    /// Each tensor and the position of its file in `files`.
    private(set) var tensors: [(name: String, file: Int)] = []

    private var filePositions: [UTF8Key: Int] = [:]
    private var reader: WrappingJSONReader<IndexFault>

    init(_ text: UnsafeRawBufferPointer) throws(IndexFault) {
        guard text.count <= ShardIndex.maximumByteCount else {
            throw .tooLarge(byteCount: text.count, limit: ShardIndex.maximumByteCount)
        }
        reader = try WrappingJSONReader(text) { .json($0) }
        try parse()
    }

    private mutating func parse() throws(IndexFault) {
        var fields: Set<UTF8Key> = []
        try reader.beginObject()
        while let field = try reader.nextKey() {
            guard fields.insert(UTF8Key(field)).inserted else { throw .duplicateField(field) }
            if field == "weight_map" { try parseWeightMap() } else { try reader.skipValue() }
        }
        try reader.finish()
        guard fields.contains(UTF8Key("weight_map")) else { throw .noWeightMap }
    }

    private mutating func parseWeightMap() throws(IndexFault) {
        var names: Set<UTF8Key> = []
        var nameByteCount = 0
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard names.insert(UTF8Key(name)).inserted else { throw .duplicateTensor(name: name) }
            guard names.count <= SafetensorsHeader.maximumTensorCount else {
                throw .tooManyTensors(limit: SafetensorsHeader.maximumTensorCount)
            }
            nameByteCount += name.utf8.count
            guard nameByteCount <= SafetensorsHeader.maximumNameByteCount else {
                throw .namesTooLong(limit: SafetensorsHeader.maximumNameByteCount)
            }
            let file = try reader.readString()
            guard ShardIndex.isPlainName(file) else { throw .unsafeFileName(tensor: name, file: file) }
            tensors.append((name: name, file: try position(of: file)))
        }
    }

    private mutating func position(of file: String) throws(IndexFault) -> Int {
        if let position = filePositions[UTF8Key(file)] { return position }
        guard files.count < ShardIndex.maximumShardCount else {
            throw .tooManyShards(limit: ShardIndex.maximumShardCount)
        }
        filePositions[UTF8Key(file)] = files.count
        files.append(file)
        return files.count - 1
    }

    /// Whether `file` names a file of the folder and nothing else; a path could lead anywhere.
    static func isPlainName(_ file: String) -> Bool {
        !file.isEmpty && file.utf8.count <= 255 && file != "." && file != ".."
            && !file.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    }
}
