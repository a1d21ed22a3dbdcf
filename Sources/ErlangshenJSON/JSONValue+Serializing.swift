extension JSONValue {
    /// Writes the value as JSON: keys in their order, non-ASCII characters as they are.
    ///
    /// A double is written with the fewest digits that read back to it. JSON has no infinity and no NaN: the caller
    /// keeps them out, and one that comes all the same becomes `null`.
    ///
    /// - Parameter pretty: one member a line, indented by two spaces, as the published `config.json` files are.
    public func serialized(pretty: Bool = false) -> String {
        var text = ""
        write(to: &text, indentation: pretty ? 0 : nil)
        return text
    }

    /// Appends the value to `text`; `indentation` is the level to write at, nil for all in one line.
    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .double(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): JSONValue.writeQuoted(value, to: &text)
        case .array(let elements):
            JSONValue.writeMembers(elements, "[", "]", to: &text, indentation: indentation) { element, text, level in
                element.write(to: &text, indentation: level)
            }
        case .object(let object):
            JSONValue.writeMembers(object, "{", "}", to: &text, indentation: indentation) { member, text, level in
                JSONValue.writeQuoted(member.0, to: &text)
                text += indentation == nil ? ":" : ": "
                member.1.write(to: &text, indentation: level)
            }
        }
    }

    private static func writeMembers<Members: Sequence>(
        _ members: Members, _ open: String, _ close: String, to text: inout String, indentation: Int?,
        write: (Members.Element, inout String, Int?) -> Void
    ) {
        let inner = indentation.map { $0 + 1 }
        var isEmpty = true
        text += open
        for member in members {
            if !isEmpty { text += "," }
            isEmpty = false
            newLine(in: &text, at: inner)
            write(member, &text, inner)
        }
        if !isEmpty { newLine(in: &text, at: indentation) }
        text += close
    }

    private static func newLine(in text: inout String, at indentation: Int?) {
        guard let indentation else { return }
        text += "\n" + String(repeating: "  ", count: indentation)
    }

    private static func writeQuoted(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\u{0}"..<"\u{20}": text += (scalar.value < 16 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
