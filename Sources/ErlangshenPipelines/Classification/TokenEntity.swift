public import ErlangshenJSON

/// A token, or a run of tokens, and what it is.
public struct TokenEntity: Sendable, Equatable {
    /// The tag of a token (`B-PER`), or the kind of an entity (`PER`).
    public let label: String
    /// The probability of the tag; the mean over the tokens of an entity.
    public let score: Double
    /// The index of the token; nil for an entity.
    public let index: Int?
    /// The word as transformers writes it: tokens joined by spaces.
    public let word: String
    /// The user's own characters.
    public let text: String
    /// Start and end in the user's string, in Unicode scalars (Python's characters).
    public let range: Range<Int>
    /// Start and end in the user's string, in UTF-8 bytes.
    public let utf8Range: Range<Int>

    /// The entity with the keys of the hosted inference API, and `text`.
    public var json: JSONValue {
        var pairs: [(String, JSONValue)] = [
            (index == nil ? "entity_group" : "entity", .string(label)), ("score", .double(score)),
        ]
        if let index { pairs.append(("index", .integer(Int64(index)))) }
        pairs += [
            ("word", .string(word)), ("start", .integer(Int64(range.lowerBound))),
            ("end", .integer(Int64(range.upperBound))), ("text", .string(text)),
        ]
        return .object(JSONObject(pairs.map { (key: $0.0, value: $0.1) }))
    }
}
