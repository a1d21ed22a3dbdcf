/// Which text gives way when the tokens do not fit; names and results are those of transformers.
public enum Truncation: String, Sendable, CaseIterable {
    /// Nothing is cut, whatever the length.
    case doNotTruncate = "do_not_truncate"
    /// The longer text first; once both are equal, both.
    case longestFirst = "longest_first"
    /// Only the first text.
    case onlyFirst = "only_first"
    /// Only the second text.
    case onlySecond = "only_second"

    /// How many tokens of each text stay, so that both fit into `room` tokens.
    ///
    /// - Parameters:
    ///   - room: Tokens left beside the special ones, ≥ 0.
    ///   - second: The second text's tokens; nil without a second text.
    /// - Throws: `cannotTruncate` and `missingSecondText`, as the strategy may cut one text only.
    func kept(first: Int, second: Int?, room: Int) throws(TokenizerError) -> (first: Int, second: Int) {
        let excess = first + (second ?? 0) - room
        guard excess > 0, self != .doNotTruncate else { return (first, second ?? 0) }
        guard room > 0 else { return (0, 0) }
        switch self {
        case .doNotTruncate, .longestFirst:
            guard let second else { return (room, 0) }
            return Self.balanced(first: first, second: second, room: room)
        case .onlyFirst:
            guard first > excess else { throw .cannotTruncate(strategy: self, length: first, excess: excess) }
            return (first - excess, second ?? 0)
        case .onlySecond:
            guard let second else { throw .missingSecondText }
            guard second > excess else { throw .cannotTruncate(strategy: self, length: second, excess: excess) }
            return (first, second - excess)
        }
    }

    /// The shorter text stays whole if it fits into its half; an odd token goes to the text that was longer.
    private static func balanced(first: Int, second: Int, room: Int) -> (first: Int, second: Int) {
        let shorter = min(first, second)
        var (small, large) = (shorter, max(shorter, room - shorter))
        if small > room || small + large > room { (small, large) = (room / 2, room - room / 2) }
        return first > second ? (large, small) : (small, large)
    }
}
