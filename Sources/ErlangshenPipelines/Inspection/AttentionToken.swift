public import ErlangshenJSON

/// A token that another looks at.
public struct AttentionToken: Sendable, Equatable {
    /// The user's own characters, or the token where the tokenizer added it: `[CLS]`.
    public let text: String
    /// Start and end in the user's string, in Unicode scalars; empty for a token that was added.
    public let range: Range<Int>
    /// The weight of the token in the attention, 0…1.
    public let weight: Double
    /// Content to content, a term of the score before the softmax.
    public let c2c: Double
    /// Content to position; nil where the model has no such term.
    public let c2p: Double?
    /// Position to content; nil where the model has no such term.
    public let p2c: Double?

    /// The token as JSON; terms that the model does not have are left out.
    public var json: JSONValue {
        var pairs: [(key: String, value: JSONValue)] = [
            ("text", .string(text)), ("start", .integer(Int64(range.lowerBound))),
            ("end", .integer(Int64(range.upperBound))), ("weight", .double(weight)), ("c2c", .double(c2c)),
        ]
        if let c2p { pairs.append(("c2p", .double(c2p))) }
        if let p2c { pairs.append(("p2c", .double(p2c))) }
        return .object(JSONObject(pairs))
    }
}
