/// How the tags of tokens mark where an entity begins and ends.
public enum TagScheme: String, Sendable, CaseIterable {
    /// `B-` begins, `I-` goes on.
    case bio = "BIO"
    /// `B-` begins, `I-` goes on, `E-` ends, `S-` is an entity of one token.
    case bioes = "BIOES"
    /// The same with `M-` in the middle.
    case bmes = "BMES"

    /// The tag of a token outside of every entity.
    public static let outside = "O"

    /// All tags in the order of a checkpoint's labels: `O`, then for each type its marks.
    public func tags(types: [String]) -> [String] {
        [Self.outside] + types.flatMap { type in marks.map { "\($0)-\(type)" } }
    }

    /// The tags of an entity of `count` tokens, count ≥ 1.
    public func tags(type: String, count: Int) -> [String] {
        (0..<count).map { "\(mark(at: $0, of: count))-\(type)" }
    }

    private var marks: [String] {
        switch self {
        case .bio: ["B", "I"]
        case .bioes: ["B", "I", "E", "S"]
        case .bmes: ["B", "M", "E", "S"]
        }
    }

    private func mark(at place: Int, of count: Int) -> String {
        guard self != .bio else { return place == 0 ? "B" : "I" }
        if count == 1 { return "S" }
        if place == 0 { return "B" }
        return place == count - 1 ? "E" : self == .bmes ? "M" : "I"
    }
}
