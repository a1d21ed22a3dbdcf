#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much is masked, by what, and in runs of what length.
public struct MaskingSettings: Sendable, Equatable {
    /// What a draw of replacement decides on.
    public enum Decision: String, Sendable, CaseIterable {
        /// Each token of a word by itself, as BERT's whole-word masking and the original do.
        case token
        /// All tokens of a word together.
        case word
    }

    /// The share of a sequence's tokens, `[CLS]` and `[SEP]` counted, that is masked: above 0, at most 1.
    public var rate = 0.15
    /// Of the masked tokens, the share that `[MASK]` takes the place of.
    public var maskShare = 0.8
    /// Of the masked tokens, the share that stays and is to be guessed all the same.
    public var keepShare = 0.1
    /// Of the masked tokens, the share that another token takes the place of.
    public var randomShare = 0.1
    /// Weights of runs of 1, 2, 3, … words that are masked together.
    public var runWeights = [1, 1.0 / 2, 1.0 / 3]
    /// Whether what takes a token's place is decided for tokens or for words.
    public var decision = Decision.token

    /// Runs are of this many words at most.
    public static let maximumRunLength = 64

    /// The settings of the original recipe.
    public init() {}

    /// Weights of runs whose length is geometric, as SpanBERT has them: 1, 1 − p, (1 − p)², …
    ///
    /// *Source:* M. Joshi et al., SpanBERT (TACL 2020), section 3.1: p = 0.2, at most 10 words, 3.8 on average.
    ///
    /// - Parameters:
    ///   - probability: p, above 0 and at most 1.
    ///   - maximum: Words of the longest run, from 1 to 64.
    /// - Throws: `invalidSetting`.
    public static func geometricWeights(
        probability: Double = 0.2, maximum: Int = 10
    ) throws(MaskingError) -> [Double] {
        guard probability > 0, probability <= 1 else {
            throw .invalidSetting(name: "p of run lengths", value: "\(probability)", expected: "above 0, at most 1")
        }
        guard (1...maximumRunLength).contains(maximum) else {
            throw .invalidSetting(
                name: "longest run", value: "\(maximum)", expected: "from 1 to \(maximumRunLength) words")
        }
        return (0..<maximum).map { pow(1 - probability, Double($0)) }
    }

    /// - Throws: `invalidSetting` for the first setting that is not what it may be.
    func check() throws(MaskingError) {
        guard rate > 0, rate <= 1 else {
            throw .invalidSetting(name: "masking rate", value: "\(rate)", expected: "a share above 0, at most 1")
        }
        for (name, share) in [("mask share", maskShare), ("keep share", keepShare), ("random share", randomShare)] {
            guard share >= 0, share <= 1 else {
                throw .invalidSetting(name: name, value: "\(share)", expected: "a share from 0 to 1")
            }
        }
        let sum = maskShare + keepShare + randomShare
        guard abs(sum - 1) < 1e-9 else {
            throw .invalidSetting(name: "sum of the three shares", value: "\(sum)", expected: "1")
        }
        guard (1...Self.maximumRunLength).contains(runWeights.count) else {
            throw .invalidSetting(
                name: "count of run weights", value: "\(runWeights.count)",
                expected: "from 1 to \(Self.maximumRunLength)")
        }
        for weight in runWeights where !(weight >= 0 && weight <= 1e9) {
            throw .invalidSetting(name: "run weight", value: "\(weight)", expected: "a number from 0 to 1e9")
        }
        guard runWeights.contains(where: { $0 > 1e-9 }) else {
            throw .invalidSetting(name: "run weights", value: "0", expected: "one above 0 at least")
        }
    }
}
