/// A commit of a model in the cache.
public struct CachedRevision: Sendable, Equatable {
    /// Its 40 hexadecimal digits.
    public let commit: String
    /// Branches and tags that were this commit when they were last fetched.
    public let names: [String]
    /// The folder that `--model` takes.
    public let path: String
    /// Its files, sorted.
    public let files: [String]
    /// Bytes of its files.
    public let byteCount: Int
}
