internal import ErlangshenJSON

/// Typed access to configuration keys, with refusals that name key and value.
struct ConfigReader {
    let object: JSONObject
    let source: String

    func unsupported(_ key: String, allowed: String) -> ModelError {
        let value = object[key].map { $0.serialized() } ?? "absent"
        let short = value.count > 200 ? value.prefix(200) + "…" : value[...]
        return .unsupportedConfig(key: key, value: String(short), allowed: allowed, source: source)
    }

    /// The value of a key, nil when it is absent or null.
    func value(_ key: String) -> JSONValue? {
        object[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// A reader of the same source to which every key is absent.
    var withoutKeys: ConfigReader { ConfigReader(object: JSONObject(), source: source) }

    func integer(_ key: String, in range: ClosedRange<Int>, default absent: Int? = nil) throws(ModelError) -> Int {
        let allowed =
            range.count == 1 ? "\(range.lowerBound)" : "integers from \(range.lowerBound) to \(range.upperBound)"
        guard let value = value(key) else {
            guard let absent else { throw unsupported(key, allowed: allowed) }
            return absent
        }
        guard let number = value.intValue, range.contains(number) else { throw unsupported(key, allowed: allowed) }
        return number
    }

    func oddOrZero(_ key: String) throws(ModelError) -> Int {
        let number = try integer(key, in: 0...255, default: 0)
        guard number == 0 || !number.isMultiple(of: 2) else {
            throw unsupported(key, allowed: "0 and odd integers to 255")
        }
        return number
    }

    func bool(_ key: String, default absent: Bool) throws(ModelError) -> Bool {
        guard let value = value(key) else { return absent }
        guard let bool = value.boolValue else { throw unsupported(key, allowed: "true, false") }
        return bool
    }

    /// A positive number, written as a number or, as some files have it, as a string.
    func positiveNumber(_ key: String, default absent: Float?) throws(ModelError) -> Float {
        if let absent, value(key) == nil { return absent }
        let number = value(key)?.doubleValue ?? value(key)?.stringValue.flatMap(Double.init)
        guard let number, number > 0, number <= 1, Float(number) > 0 else {
            throw unsupported(key, allowed: "numbers above 0, at most 1")
        }
        return Float(number)
    }

    func probability(_ key: String, default absent: Float) throws(ModelError) -> Float {
        guard let value = value(key) else { return absent }
        guard let number = value.doubleValue, number >= 0, Float(number) < 1 else {
            throw unsupported(key, allowed: "numbers from 0 to below 1")
        }
        return Float(number)
    }

    func activation(_ key: String, default absent: ActivationName?) throws(ModelError) -> ActivationName {
        let allowed = ActivationName.allCases.map(\.rawValue).joined(separator: ", ")
        guard let value = value(key) else {
            guard let absent else { throw unsupported(key, allowed: allowed) }
            return absent
        }
        guard let name = value.stringValue, let activation = ActivationName(rawValue: name) else {
            throw unsupported(key, allowed: allowed)
        }
        return activation
    }

    /// Words in a string separated by `|`, or in a list. With `known`, any other word is refused.
    func words(_ key: String, known: Set<String>?) throws(ModelError) -> Set<String> {
        guard let value = value(key) else { return [] }
        let allowed =
            known.map { $0.sorted().joined(separator: "|") + ", a list of them, or none" } ?? "words separated by |"
        let listed: [String]
        if let text = value.stringValue {
            listed = text.split(separator: "|").map(String.init)
        } else if let list = value.arrayValue, list.allSatisfy({ $0.stringValue != nil }) {
            listed = list.compactMap(\.stringValue)
        } else {
            throw unsupported(key, allowed: allowed)
        }
        let words = Set(listed.map { trimmed($0.lowercased()) }).subtracting([""])
        if let known, !words.isSubset(of: known) { throw unsupported(key, allowed: allowed) }
        return words
    }

    private func trimmed(_ text: String) -> String {
        let inner = text.drop(while: \.isWhitespace)
        let end = inner.lastIndex { !$0.isWhitespace }
        return end.map { String(inner[...$0]) } ?? ""
    }

    private static let mostLabels = 65_536

    /// Label names by id: `id2label`, else LABEL_0… for `num_labels`, else two of them.
    func labels() throws(ModelError) -> [String] {
        let written = try integer("num_labels", in: 1...Self.mostLabels, default: 0)
        guard let map = value("id2label") else { return (0..<(written == 0 ? 2 : written)).map { "LABEL_\($0)" } }
        let allowed = "an object of names by id, \"0\" to \"n-1\""
        guard let entries = map.objectValue, entries.count <= Self.mostLabels, entries.count > 0 else {
            throw unsupported("id2label", allowed: allowed)
        }
        var names = [String?](repeating: nil, count: entries.count)
        for (key, value) in entries {
            guard let id = Int(key), names.indices.contains(id), names[id] == nil, let name = value.stringValue else {
                throw unsupported("id2label", allowed: allowed)
            }
            names[id] = name
        }
        return names.compactMap(\.self)
    }

    func problemType() throws(ModelError) -> String? {
        let known = ["regression", "single_label_classification", "multi_label_classification"]
        guard let value = value("problem_type") else { return nil }
        guard let type = value.stringValue, known.contains(type) else {
            throw unsupported("problem_type", allowed: known.joined(separator: ", "))
        }
        return type
    }
}
