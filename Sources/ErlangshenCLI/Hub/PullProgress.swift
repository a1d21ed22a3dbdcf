import ErlangshenHub

/// How far the fetching of a model is.
///
/// A value without a clock: it is told the time.
struct PullProgress {
    private var total = 0
    /// Bytes of files that are whole.
    private var finished = 0
    /// The file on its way.
    private var current: (path: String, byteCount: Int)?
    /// Bytes that came in this run, at moments of the last seconds.
    private var samples: [(time: Double, received: Int)] = []
    private var received = 0

    /// Over so many seconds the rate is taken.
    private static let windowSeconds = 15.0

    /// Takes account of what happened at a time, in seconds of any clock that does not go back.
    mutating func note(_ event: PullEvent, now: Double) {
        switch event {
        case .listed(_, _, let byteCount): (total, finished, current) = (byteCount, 0, nil)
        case .finished(_, let byteCount, _): (finished, current) = (finished + byteCount, nil)
        case .received(let path, let byteCount, _):
            // The first figure of a file is what an earlier run left of it.
            if let current, current.path == path { received += max(0, byteCount - current.byteCount) }
            current = (path, byteCount)
            samples.append((now, received))
            samples.removeAll { now - $0.time > Self.windowSeconds }
        case .retrying: break
        }
    }

    /// Such as `model.safetensors: 210.3 MiB of 370.9 MiB, 8.1 MiB/s, 0:20 left`; nil while nothing comes.
    func line(now: Double) -> String? {
        guard let current else { return nil }
        let done = finished + current.byteCount
        var text = "\(current.path.printable): \(NumberText.mebibytes(done)) of \(NumberText.mebibytes(total))"
        guard let first = samples.first, let last = samples.last, now > first.time, last.received > first.received
        else {
            return text
        }
        let rate = Double(last.received - first.received) / (now - first.time)
        text += ", \(NumberText.mebibytes(Int(rate)))/s"
        if total > done { text += ", \(ProgressLine.clock(Double(total - done) / rate)) left" }
        return text
    }
}
