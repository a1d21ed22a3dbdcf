/// How much each term decides about the scores of a token: shares that add up to 1.
///
/// *Concretely,* cov(term, score) / var(score) over the tokens that are looked at, of several heads Σ cov / Σ var. What
/// a term adds to all scores alike moves no weight and has no share; a term that works against the others has a
/// negative one.
public struct AttentionShares: Sendable, Equatable {
    /// Content to content.
    public let c2c: Double
    /// Content to position; 0 where the model has no such term.
    public let c2p: Double
    /// Position to content; 0 where the model has no such term.
    public let p2c: Double
}
