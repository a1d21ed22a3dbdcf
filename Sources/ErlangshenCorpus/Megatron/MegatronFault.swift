/// What is wrong with a file of a corpus.
public enum MegatronFault: Sendable, Equatable, CustomStringConvertible {
    /// The index does not begin as one of version 1 does.
    case notAnIndex
    /// The index is of another version.
    case version(UInt64)
    /// Tokens of a type that ids cannot have.
    case elementType(code: UInt8)
    /// A count that no file could hold.
    case count(name: String, value: UInt64)
    /// A file is not as long as its counts say.
    case size(expected: Int, found: Int)
    /// A sequence of a length that is none; it is counted from 0.
    case length(sequence: Int, value: Int)
    /// A sequence that does not begin where the one before it ends.
    case pointer(sequence: Int, expected: Int, found: Int)
    /// The documents do not rise from 0 to the number of sequences.
    case document(index: Int, value: Int)
    /// An id that the vocabulary does not have.
    case id(position: Int, value: Int, limit: Int)
    /// A sequence whose first token would continue a word.
    case boundary(sequence: Int)
    /// Bits behind the last token that are not 0.
    case unusedBits
    /// The bytes are not those that were written.
    case sum(expected: String, found: String)
    /// A manifest that is none.
    case manifest(reason: String)
    /// A sequence that is not there.
    case noSequence(index: Int, count: Int)

    /// What is wrong, and what to do next.
    public var description: String {
        switch self {
        case .notAnIndex: "it does not begin with MMIDIDX; is it the .idx of a Megatron corpus?"
        case .version(let version): "the index has version \(version); 1 is what Megatron-LM writes"
        case .elementType(let code): "tokens have the type of code \(code); ids are integers (codes 1 to 5 and 8)"
        case .count(let name, let value): "it claims \(value) \(name), more than any file holds"
        case .size(let expected, let found): "it has \(found) bytes and should have \(expected); is it complete?"
        case .length(let sequence, let value): "sequence \(sequence) has a length of \(value)"
        case .pointer(let sequence, let expected, let found):
            "sequence \(sequence) begins at byte \(found) and should begin at \(expected)"
        case .document(let index, let value):
            "entry \(index) of the documents is \(value); they have to rise from 0 to the number of sequences"
        case .id(let position, let value, let limit):
            "token \(position) is \(value); the vocabulary has the ids 0 to \(limit - 1)"
        case .boundary(let sequence): "the first token of sequence \(sequence) continues a word"
        case .unusedBits: "there are bits behind the last token"
        case .sum(let expected, let found): "its SHA-256 is \(found) and was \(expected); it changed after the build"
        case .manifest(let reason): "it is no manifest of a corpus: \(reason)"
        case .noSequence(let index, let count): "there is no sequence \(index); there are \(count)"
        }
    }
}
