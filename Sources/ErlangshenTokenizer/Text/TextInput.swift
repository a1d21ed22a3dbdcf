/// One input of a batch: a text, or two texts that make one sequence.
///
/// A pair has to be written as a pair; two strings in a list are two inputs.
public enum TextInput: Sendable, Equatable, ExpressibleByStringLiteral {
    /// One text.
    case single(String)
    /// Two texts in one sequence, as in `[CLS] first [SEP] second [SEP]`.
    case pair(String, String)

    /// Makes a single text of a literal.
    public init(stringLiteral value: String) { self = .single(value) }

    var first: String {
        switch self {
        case .single(let text), .pair(let text, _): text
        }
    }

    var second: String? { if case .pair(_, let text) = self { text } else { nil } }
}
