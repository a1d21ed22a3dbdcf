public import ErlangshenJSON

/// What a build has read, kept and left out.
public struct BuildCounts: Sendable, Equatable {
    /// Records read, bad ones included.
    public internal(set) var records = 0
    /// Bytes of their texts, UTF-8.
    public internal(set) var textBytes = 0
    /// Documents kept, for training and held out.
    public internal(set) var documents = 0
    /// Those of them that are held out.
    public internal(set) var heldOutDocuments = 0
    /// Sequences (lines with a token) of the documents kept.
    public internal(set) var sequences = 0
    /// Their tokens.
    public internal(set) var tokens = 0
    /// Those of them that are `[UNK]`.
    public internal(set) var unknownTokens = 0
    /// Their words.
    public internal(set) var words = 0
    /// Documents left out for want of tokens.
    public internal(set) var short = 0
    /// Documents left out as copies.
    public internal(set) var duplicates = 0
    /// Documents left out as near copies.
    public internal(set) var nearDuplicates = 0
    /// Records left out as bad.
    public internal(set) var bad = BadRecordTally()

    /// Counts of nothing.
    public init() {}

    private static let names: [(String, any WritableKeyPath<BuildCounts, Int> & Sendable)] = [
        ("records", \.records), ("text_bytes", \.textBytes), ("documents", \.documents),
        ("heldout_documents", \.heldOutDocuments), ("sequences", \.sequences), ("tokens", \.tokens),
        ("unknown_tokens", \.unknownTokens), ("words", \.words), ("short", \.short),
        ("duplicates", \.duplicates), ("near_duplicates", \.nearDuplicates), ("bad", \.bad.count),
    ]

    /// The counts by name, and the first bad records.
    public var json: JSONObject {
        var object = JSONObject()
        for (name, path) in Self.names { object[name] = .integer(Int64(self[keyPath: path])) }
        object["first_bad"] = .array(
            bad.first.map { record in
                [
                    "path": .string(record.path), "line": .integer(Int64(record.line)),
                    "reason": .string(record.reason),
                ]
            })
        return object
    }

    /// The counts of a manifest; nil for anything else.
    init?(json: JSONValue) {
        for (name, path) in Self.names {
            guard let value = json[name]?.intValue, value >= 0 else { return nil }
            self[keyPath: path] = value
        }
        guard let first = json["first_bad"]?.arrayValue else { return nil }
        for value in first {
            guard let path = value["path"]?.stringValue, let reason = value["reason"]?.stringValue,
                let line = value["line"]?.intValue
            else { return nil }
            bad.first.append(BadRecord(path: path, line: line, reason: reason))
        }
    }
}
