public import ErlangshenJSON
public import ErlangshenModel

/// Where a token of a text looks, in one layer.
public struct AttentionResult: Sendable, Equatable {
    /// The layer, from 0.
    public let layer: Int
    /// How many layers there are.
    public let layerCount: Int
    /// The head, from 0; nil for the mean over all heads.
    public let head: Int?
    /// How many heads a layer has.
    public let headCount: Int
    /// The token that looks, an index into `tokens`.
    public let query: Int
    /// What it looks at: every token that the model read, special tokens included.
    public let tokens: [AttentionToken]
    /// How much each term of the scores decides; nil when all scores are equal.
    public let shares: AttentionShares?
    /// What the caller should know of.
    public let warnings: [PipelineWarning]

    /// The result as JSON; terms that the model does not have are left out.
    public var json: JSONValue {
        var pairs: [(key: String, value: JSONValue)] = [
            ("layer", .integer(Int64(layer))), ("layers", .integer(Int64(layerCount))),
            ("head", head.map { .integer(Int64($0)) } ?? .null), ("heads", .integer(Int64(headCount))),
            ("token", .integer(Int64(query))), ("tokens", .array(tokens.map(\.json))),
        ]
        if let shares, let first = tokens.first {
            var parts: [(key: String, value: JSONValue)] = [("c2c", .double(shares.c2c))]
            if first.c2p != nil { parts.append(("c2p", .double(shares.c2p))) }
            if first.p2c != nil { parts.append(("p2c", .double(shares.p2c))) }
            pairs.append(("shares", .object(JSONObject(parts))))
        }
        return .object(JSONObject(pairs))
    }
}
