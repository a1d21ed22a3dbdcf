import ErlangshenJSON

/// Takes the text out of a record.
struct RecordText {
    let textField: String?
    let titleField: String?
    let maximumDepth: Int

    init(_ settings: ReadingSettings) {
        textField = settings.textField
        titleField = settings.titleField
        maximumDepth = settings.maximumDepth
    }

    /// Why a record has no text.
    enum Fault: Error, Equatable {
        case notUTF8(byteOffset: Int)
        case json(JSONError)
        case notAnObject
        case missing(field: String)
        case notAString(field: String)
        case twice(field: String)

        var reason: String {
            switch self {
            case .notUTF8(let offset):
                "the text is not UTF-8 (byte \(offset) of it); convert it: iconv -f GB18030 -t UTF-8"
            case .json(let error): "(counted from here) \(error)"
            case .notAnObject: "the record is no JSON object"
            case .missing(let field): "the field \(field.quoted()) is missing"
            case .notAString(let field): "the field \(field.quoted()) is no string"
            case .twice(let field): "the field \(field.quoted()) stands there twice"
            }
        }
    }

    /// Replaces `text` by the text of a record: title and content, a line end between them.
    func read(_ bytes: UnsafeRawBufferPointer, isJSON: Bool, into text: inout [UInt8]) throws(Fault) {
        text.removeAll(keepingCapacity: true)
        if isJSON { return try readJSON(bytes, into: &text) }
        text.append(contentsOf: bytes)
        guard text.isValidUTF8() else { throw .notUTF8(byteOffset: Self.validPrefix(text)) }
    }

    private func readJSON(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) throws(Fault) {
        var (title, body, content): ([UInt8]?, [UInt8]?, [UInt8]?)
        var fault: Fault?
        let bodyName = textField ?? "text"
        guard bytes.first(where: { !$0.isJSONSpace }) == UInt8(ascii: "{") else { throw .notAnObject }
        do throws(JSONError) {
            var reader = try JSONReader(bytes, maximumDepth: maximumDepth)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == bodyName {
                    try Self.take(key, &reader, &body, &fault)
                } else if key == titleField {
                    try Self.take(key, &reader, &title, &fault)
                } else if textField == nil, key == "content" {
                    try Self.take(key, &reader, &content, &fault)
                } else {
                    try reader.skipValue()
                }
            }
            try reader.finish()
        } catch {
            throw .json(error)
        }
        if let fault { throw fault }
        guard let found = body ?? content else { throw .missing(field: bodyName) }
        if let title, !title.isEmpty {
            text.append(contentsOf: title)
            text.append(0x0A)
        }
        text.append(contentsOf: found)
    }

    /// Reads a member that is to be a string; what else it is becomes the fault. Null is as good as missing.
    private static func take(
        _ key: String, _ reader: inout JSONReader, _ value: inout [UInt8]?, _ fault: inout Fault?
    ) throws(JSONError) {
        if value != nil { fault = .twice(field: key) }
        switch try reader.peek() {
        case .string:
            var bytes: [UInt8] = []
            try reader.readString(into: &bytes)
            value = bytes
        case .null: try reader.readNull()
        default:
            fault = .notAString(field: key)
            try reader.skipValue()
        }
    }

    /// Bytes before the first that is not UTF-8.
    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var decoder = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var count = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &rest) { count += scalar.count }
        return count
    }
}
