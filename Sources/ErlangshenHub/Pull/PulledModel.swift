/// A model of the hub in the cache, or on its way there.
public struct PulledModel: Sendable, Equatable {
    /// Its name.
    public let id: RepositoryID
    /// The commit that the revision is.
    public let commit: String
    /// The folder that `--model` takes.
    public let path: String
    /// The files that were asked for, sorted by name.
    public let files: [File]

    /// A file of the model.
    public struct File: Sendable, Equatable {
        /// Its name, with `/` between folders.
        public let path: String
        /// Its length.
        public let byteCount: Int
        /// Whether the cache had it before.
        public let wasPresent: Bool
    }
}
