import ErlangshenJSON

/// Takes fields out of a row, and says where one is not as it should be.
struct FieldReader {
    let location: DataLocation

    /// The first of `names` that the row has, or nil.
    func value(_ names: [String], of row: JSONValue) -> JSONValue? {
        for name in names {
            if let value = row[name], !value.isNull { return value }
        }
        return nil
    }

    /// The first of `names` that the row has.
    func needed(_ names: [String], of row: JSONValue) throws(DataProblem) -> JSONValue {
        guard let value = value(names, of: row) else { throw bad(names, "is missing") }
        return value
    }

    /// The text of the first of `names` that the row has.
    func text(_ names: [String], of row: JSONValue) throws(DataProblem) -> String {
        guard let text = try needed(names, of: row).stringValue else { throw bad(names, "is no text") }
        return text
    }

    /// The whole number of the first of `names` that the row has.
    func integer(_ names: [String], of row: JSONValue) throws(DataProblem) -> Int {
        guard let number = try needed(names, of: row).intValue else { throw bad(names, "is no whole number") }
        return number
    }

    /// The list of the first of `names` that the row has.
    func list(_ names: [String], of row: JSONValue) throws(DataProblem) -> [JSONValue] {
        guard let list = try needed(names, of: row).arrayValue else { throw bad(names, "is no list") }
        return list
    }

    /// A list of texts.
    func texts(_ names: [String], of row: JSONValue) throws(DataProblem) -> [String] {
        let list = try list(names, of: row)
        let texts = list.compactMap(\.stringValue)
        guard texts.count == list.count else { throw bad(names, "is no list of texts") }
        return texts
    }

    /// The name of the row; nil for one without.
    func id(_ names: [String], of row: JSONValue) -> JSONValue? {
        guard let value = value(names, of: row), value.stringValue != nil || value.intValue != nil else { return nil }
        return value
    }

    /// A problem with the field of these names.
    func bad(_ names: [String], _ reason: String) -> DataProblem {
        let shown = names.map { $0.quoted() }.joined(separator: " or ")
        return DataProblem(.badField, at: location, "the field \(shown) \(reason)")
    }
}
