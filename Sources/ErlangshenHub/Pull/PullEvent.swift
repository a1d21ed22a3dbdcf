/// What happens while a model is fetched.
public enum PullEvent: Sendable, Equatable {
    /// The files are known: how many, and their bytes.
    case listed(commit: String, fileCount: Int, byteCount: Int)
    /// A file was there already, or is now.
    case finished(path: String, byteCount: Int, wasPresent: Bool)
    /// A file has this many of its bytes: told before the first of them comes, and as they come. Fewer than before when
    /// it had to be begun anew.
    case received(path: String, byteCount: Int, total: Int)
    /// A request failed and is tried again after a pause.
    case retrying(afterSeconds: Double, HubError)
}
