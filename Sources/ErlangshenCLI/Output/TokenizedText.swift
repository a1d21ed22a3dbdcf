import ErlangshenJSON
import ErlangshenTokenizer

/// A text and its tokens, as `tokenize` writes them.
struct TokenizedText {
    let text: String
    let encoding: Encoding
    let unit: TextUnit

    var ids: JSONValue { .array(encoding.ids.map { .integer(Int64($0)) }) }

    var json: JSONValue {
        [
            "ids": ids, "tokens": .array(encoding.tokens.map { .string($0) }),
            "offsets": .array(
                encoding.offsets(in: unit).map { range in
                    [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))]
                }),
            "truncated": .integer(Int64(encoding.cutTokenCount)),
        ]
    }

    /// Columns separated by tabs: id, token, start, end, the user's own characters.
    var lines: [String] {
        let bytes = Array(text.utf8)
        let slices = encoding.offsets(in: .utf8).map { String(decoding: bytes[$0], as: UTF8.self) }
        let (offsets, tokens) = (encoding.offsets(in: unit), encoding.tokens)
        return encoding.ids.indices.map { index in
            let range = offsets[index]
            return [
                "\(encoding.ids[index])", tokens[index].printable, "\(range.lowerBound)",
                "\(range.upperBound)", slices[index].printable,
            ].joined(separator: "\t")
        }
    }
}
