/// What can be wrong with settings, tokens or documents of masking.
public enum MaskingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A setting outside of what it may be.
    case invalidSetting(name: String, value: String, expected: String)
    /// A token that the vocabulary does not have; `position` counts the tokens of the text from 0.
    case invalidToken(id: Int32, position: Int, vocabularyCount: Int)
    /// Not one bit a token.
    case unequalCounts(tokens: Int, bits: Int)
    /// A vocabulary without any token that may replace another.
    case noReplacements(vocabularyCount: Int)
    /// An order of the vocabulary that does not name each id once; `place` counts from 0.
    case invalidTokenOrder(place: Int, problem: String)
    /// A document of more tokens than a window plan can count, or of less than none.
    case documentLength(index: Int, tokenCount: Int)
    /// More windows than a sample number can count.
    case tooManyWindows(limit: Int)
    /// A document that holds other than it said.
    case inconsistentDocument(index: Int, expected: Int, found: Int)
    /// A document that could not be read.
    case unreadableDocument(index: Int, reason: String)
    /// A sample, or an epoch, that there is none of.
    case noSuchSample(index: Int, count: Int, epoch: Int)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let expected): "\(name) is \(value); it takes \(expected)"
        case .invalidToken(let id, let position, let count):
            "token \(position) has the id \(id), but the vocabulary's \(count) tokens are numbered from 0; "
                + "take the vocabulary that the corpus was made with"
        case .unequalCounts(let tokens, let bits):
            "\(tokens) tokens with \(bits) word bits; there must be one a token"
        case .noReplacements(let count):
            "none of the \(count) tokens can replace another, as all are special or never come out of a text; "
                + "set the share of random replacements to 0, or take another vocabulary"
        case .invalidTokenOrder(let place, let problem):
            "the order of the vocabulary is not one at entry \(place + 1): \(problem); name each id once"
        case .documentLength(let index, let count):
            "document \(index) has \(count) tokens; one holds from 0 to \(UInt32.max)"
        case .tooManyWindows(let limit):
            "the corpus makes more than \(limit) windows; take longer windows, or divide the corpus"
        case .inconsistentDocument(let index, let expected, let found):
            "document \(index) gave \(found) tokens instead of \(expected); the corpus is damaged or was changed"
        case .unreadableDocument(let index, let reason): "cannot read document \(index): \(reason)"
        case .noSuchSample(let index, let count, let epoch):
            "there is no sample \(index) of epoch \(epoch): samples are numbered from 0 to \(count - 1), "
                + "epochs from 0 to \(UInt32.max)"
        }
    }
}
