/// The end of a sequence at which something is added or removed.
public enum Side: String, Sendable {
    /// The beginning.
    case left
    /// The end.
    case right

    /// The `count` places of `range` at this side.
    func removed(_ count: Int, from range: Range<Int>) -> Range<Int> {
        self == .right ? range.upperBound - count..<range.upperBound : range.lowerBound..<range.lowerBound + count
    }
}
