import ErlangshenJSON

/// Reads the JSON of a safetensors header value by value: a header of 100,000 tensors needs no tree.
struct SafetensorsHeaderParser {
    private var tensors: [SafetensorsHeader.Tensor] = []
    private var metadata: [(key: String, value: String)] = []
    private var names: Set<UTF8Key> = []
    private var nameByteCount = 0
    private var dimensionCount = 0
    private var integers: [Int] = []
    private var reader: WrappingJSONReader<SafetensorsFault>

    /// The fields of one tensor while they come in.
    private struct Fields {
        var dtype: DType?
        var shape: [Int]?
        var offsets: [Int]?
    }

    /// Reads `text`, the whole header; the tensors come in its order.
    static func parse(
        _ text: UnsafeRawBufferPointer
    ) throws(SafetensorsFault) -> (tensors: [SafetensorsHeader.Tensor], metadata: [(key: String, value: String)]) {
        var parser = try SafetensorsHeaderParser(text)
        try parser.parseMembers()
        return (parser.tensors, parser.metadata)
    }

    private init(_ text: UnsafeRawBufferPointer) throws(SafetensorsFault) {
        reader = try WrappingJSONReader(text) { .header($0) }
    }

    private mutating func parseMembers() throws(SafetensorsFault) {
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard names.insert(UTF8Key(name)).inserted else { throw .duplicateTensor(name: name) }
            if name == "__metadata__" { try parseMetadata() } else { try parseTensor(name) }
        }
        try reader.finish()
    }

    private mutating func parseMetadata() throws(SafetensorsFault) {
        if try reader.peek() == .null {
            try reader.readNull()
            return
        }
        var keys: Set<UTF8Key> = []
        var byteCount = 0
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard keys.insert(UTF8Key(key)).inserted else { throw .duplicateMetadata(key: key) }
            guard keys.count <= SafetensorsHeader.maximumMetadataCount else {
                throw .tooMuchMetadata(limit: SafetensorsHeader.maximumMetadataCount)
            }
            let value = try reader.readString()
            byteCount += key.utf8.count + value.utf8.count
            guard byteCount <= SafetensorsHeader.maximumMetadataByteCount else {
                throw .metadataTooLong(limit: SafetensorsHeader.maximumMetadataByteCount)
            }
            metadata.append((key: key, value: value))
        }
    }

    private mutating func parseTensor(_ name: String) throws(SafetensorsFault) {
        nameByteCount += name.utf8.count
        guard nameByteCount <= SafetensorsHeader.maximumNameByteCount else {
            throw .namesTooLong(limit: SafetensorsHeader.maximumNameByteCount)
        }
        guard tensors.count < SafetensorsHeader.maximumTensorCount else {
            throw .tooManyTensors(limit: SafetensorsHeader.maximumTensorCount)
        }
        let fields = try parseFields(of: name)
        guard let dtype = fields.dtype else { throw .missingField(tensor: name, field: "dtype") }
        guard let shape = fields.shape else { throw .missingField(tensor: name, field: "shape") }
        guard let offsets = fields.offsets else { throw .missingField(tensor: name, field: "data_offsets") }
        dimensionCount += shape.count
        guard dimensionCount <= SafetensorsHeader.maximumDimensionCount else {
            throw .tooManyDimensions(limit: SafetensorsHeader.maximumDimensionCount)
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw .offsets(tensor: name, offsets)
        }
        let info: TensorInfo
        do { info = try TensorInfo(name: name, dtype: dtype, shape: shape) } catch {
            throw .shape(tensor: name, error)
        }
        guard info.byteCount == offsets[1] - offsets[0] else {
            throw .sizeMismatch(tensor: name, expected: info.byteCount, found: offsets[1] - offsets[0])
        }
        tensors.append(SafetensorsHeader.Tensor(info: info, range: offsets[0]..<offsets[1]))
    }

    private mutating func parseFields(of name: String) throws(SafetensorsFault) -> Fields {
        var fields = Fields()
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "dtype" where fields.dtype == nil: fields.dtype = try parseDType(of: name)
            case "shape" where fields.shape == nil: fields.shape = try parseIntegers(limit: TensorInfo.maximumRank)
            case "data_offsets" where fields.offsets == nil: fields.offsets = try parseIntegers(limit: 2)
            case "dtype", "shape", "data_offsets": throw .duplicateField(tensor: name, field: field)
            default: try reader.skipValue()
            }
        }
        return fields
    }

    private mutating func parseDType(of name: String) throws(SafetensorsFault) -> DType {
        let text = try reader.readString()
        guard let dtype = DType(rawValue: text) else { throw .unknownDType(tensor: name, dtype: text) }
        return dtype
    }

    /// Reads an array of integers; of those beyond `limit` only one is kept, enough for the caller to refuse it.
    private mutating func parseIntegers(limit: Int) throws(SafetensorsFault) -> [Int] {
        integers.removeAll(keepingCapacity: true)
        try reader.beginArray()
        while try reader.nextElement() {
            let value = try reader.readInteger()
            if integers.count <= limit { integers.append(Int(value)) }
        }
        // An array that grew step by step would keep up to twice the memory.
        return Array(integers[...])
    }
}
