/// How often and after how long a failed request is tried again.
struct RetryPolicy: Sendable {
    /// Failures in a row without progress after which one gives up.
    var attempts = 5
    /// The first wait; each next one is twice as long.
    var firstSeconds = 1.0
    var longestSeconds = 30.0
    /// A server that asks for more patience than this is not waited for.
    var longestAskedSeconds = 300
    /// Bytes that count as progress.
    var progressByteCount = 1 << 20

    /// Seconds to wait after the failure number `failures`, nil to give up.
    func wait(after error: HubError, failures: Int) -> Double? {
        guard error.isTransient, failures < attempts else { return nil }
        if case .status(_, _, let asked?) = error {
            return asked <= longestAskedSeconds ? max(Double(asked), 0) : nil
        }
        var seconds = firstSeconds
        for _ in 1..<max(failures, 1) { seconds *= 2 }
        return min(seconds, longestSeconds)
    }
}
