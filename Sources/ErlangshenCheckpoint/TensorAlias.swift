/// A second name for the contents of another tensor, as a tied decoder has.
public struct TensorAlias: Sendable, Equatable {
    /// The second name.
    public let name: String
    /// The name that comes first in the file.
    public let target: String

    /// Says that `name` has the contents of `target`.
    public init(name: String, target: String) {
        self.name = name
        self.target = target
    }
}
