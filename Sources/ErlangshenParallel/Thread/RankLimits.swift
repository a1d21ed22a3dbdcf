/// How long ranks wait for each other.
public struct RankLimits: Sendable, Equatable {
    /// Seconds between two signs of life.
    public var beatSeconds: Double
    /// Seconds without a sign of life after which a rank counts as dead.
    public var silenceSeconds: Double
    /// Seconds that an operation waits for ranks that live; one of them may be writing a state.
    public var stallSeconds: Double

    /// A sign of life every 2 s, dead after 20 s, at most half an hour for an operation.
    public init(beatSeconds: Double = 2, silenceSeconds: Double = 20, stallSeconds: Double = 1_800) {
        self.beatSeconds = beatSeconds
        self.silenceSeconds = silenceSeconds
        self.stallSeconds = stallSeconds
    }
}
