/// Where one token looks in one layer, and what its scores are made of.
///
/// Of one head, or the means over all heads.
public struct AttentionRow: Sendable, Equatable {
    /// The weight of each token, adding up to 1: [S].
    public let weights: [Double]
    /// The content of the token with that of each other, in scores before the softmax: [S].
    public let c2c: [Double]
    /// The content of the token with the distance to each other; nil where the model has no such term: [S].
    public let c2p: [Double]?
    /// The distance with the content of each other token; nil where the model has no such term: [S].
    public let p2c: [Double]?
    /// How much each term decides; nil when all scores are equal.
    public let shares: AttentionShares?
}
