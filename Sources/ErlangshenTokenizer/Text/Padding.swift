/// How far encodings are filled up with `[PAD]`.
public enum Padding: Sendable, Equatable {
    /// Each encoding keeps its own length.
    case none
    /// To the longest encoding of the batch.
    case longest
    /// To this many tokens; longer encodings stay as they are.
    case fixed(Int)

    /// The common length of encodings of these lengths, rounded up to a multiple; nil if nothing is padded.
    ///
    /// - Throws: `invalidPadding` for lengths and multiples that are none.
    func target(lengths: some Sequence<Int>, multiple: Int?) throws(TokenizerError) -> Int? {
        let length: Int
        switch self {
        case .none: return nil
        case .longest: length = lengths.max() ?? 0
        case .fixed(let wanted):
            guard wanted >= 0, wanted <= Self.limit else { throw .invalidPadding(name: "padding", value: wanted) }
            length = wanted
        }
        guard let multiple else { return length }
        guard multiple > 0, multiple <= Self.limit else {
            throw .invalidPadding(name: "padToMultipleOf", value: multiple)
        }
        return (length + multiple - 1) / multiple * multiple
    }

    /// Far above any model's length, and low enough that a mistyped number does not fill the memory.
    static let limit = 1 << 20
}
