/// The end of a sequence at which something is added or removed.
public enum Side: String, Sendable {
    /// The beginning.
    case left
    /// The end.
    case right
}
