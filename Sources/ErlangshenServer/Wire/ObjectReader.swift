import ErlangshenJSON

/// Reads the members of an object by name and type; what nobody asked for is refused, so that no wish is overlooked.
struct ObjectReader {
    private let object: JSONObject
    /// What stands before a member's name in messages, such as `parameters.`.
    private let place: String
    private var known: Set<String> = []

    /// Takes an object; null and nothing are an empty one.
    init(_ json: JSONValue?, at place: String) throws(RequestFailure) {
        self.place = place.isEmpty ? "" : place + "."
        switch json {
        case nil, .null: object = JSONObject()
        case .object(let object): self.object = object
        default: throw .validation("\(place) must be an object", field: place)
        }
    }

    /// The member of a name; null counts as nothing.
    mutating func value(_ name: String) -> JSONValue? {
        known.insert(name)
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    mutating func bool(_ name: String) throws(RequestFailure) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.boolValue else { throw wrong(name, "true or false") }
        return flag
    }

    /// A whole number of a range; beyond it the message names the limit.
    mutating func int(_ name: String, _ range: ClosedRange<Int>) throws(RequestFailure) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.intValue, range.contains(number) else {
            throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func string(_ name: String) throws(RequestFailure) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrong(name, "a string") }
        return text
    }

    /// One of the raw values of a type.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(RequestFailure) -> Choice? {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw wrong(name, "one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    /// A string, or a list of strings.
    mutating func strings(_ name: String) throws(RequestFailure) -> [String]? {
        guard let value = value(name) else { return nil }
        if let text = value.stringValue { return [text] }
        guard let list = value.arrayValue else { throw wrong(name, "a string or a list of strings") }
        var strings: [String] = []
        for item in list {
            guard let text = item.stringValue else { throw wrong(name, "a string or a list of strings") }
            strings.append(text)
        }
        return strings
    }

    /// Refuses members that were not asked for.
    func finish() throws(RequestFailure) {
        for key in object.keys where !known.contains(key) {
            let shown = String(key.prefix(64))
            throw .validation("\(place)\(shown) is unknown here", field: place + shown)
        }
    }

    private func wrong(_ name: String, _ expected: String) -> RequestFailure {
        .validation("\(place)\(name) must be \(expected)", field: place + name)
    }
}
