/// Settings of the original masking.
public struct FengshenSettings: Sendable, Equatable {
    /// `masked_lm_prob`: the share of tokens, `[CLS]` and `[SEP]` counted, above 0 (with 0 the original ends in an
    /// error) and at most 1.
    public var rate = 0.15
    /// `max_seq_length`, at least 4: longer texts lose tokens at either end until three fewer than this are left, for
    /// the original counts a second `[SEP]` that it does not write.
    public var maximumLength = 512
    /// The list that a random token is drawn from: every id of the vocabulary once.
    ///
    /// Nil is 0, 1, 2, …, the order of the slow tokenizer. With the fast one the original takes the order of a hash
    /// map, which is another in every process; who has recorded one can give it.
    public var tokenOrder: [Int32]?

    /// The settings of the original recipe.
    public init() {}

    /// - Throws: `invalidSetting`, `invalidTokenOrder`.
    func check(vocabularyCount: Int) throws(MaskingError) {
        guard rate > 0, rate <= 1 else {
            throw .invalidSetting(name: "masking rate", value: "\(rate)", expected: "a share above 0, at most 1")
        }
        guard (4...1 << 24).contains(maximumLength) else {
            throw .invalidSetting(
                name: "maximum length", value: "\(maximumLength)", expected: "from 4 to \(1 << 24) tokens")
        }
        guard let tokenOrder else { return }
        var isSeen = [Bool](repeating: false, count: vocabularyCount)
        for (place, id) in tokenOrder.enumerated() {
            guard id >= 0, Int(id) < vocabularyCount else {
                throw .invalidTokenOrder(
                    place: place, problem: "\(id) is no id of this vocabulary, which has \(vocabularyCount)")
            }
            guard !isSeen[Int(id)] else { throw .invalidTokenOrder(place: place, problem: "\(id) stands there again") }
            isSeen[Int(id)] = true
        }
        guard tokenOrder.count == vocabularyCount else {
            throw .invalidTokenOrder(
                place: tokenOrder.count, problem: "it ends, but the vocabulary has \(vocabularyCount) tokens")
        }
    }
}
