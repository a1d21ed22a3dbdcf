import CoreMetrics
import Synchronization

/// One series: a value, or a histogram's counts.
final class MetricCell: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    struct Figures: Sendable {
        var value = 0.0
        /// Observations up to each bucket's end and no more, then those beyond the last: not yet summed up.
        var counts: [Int]
        var sum = 0.0
    }

    private let buckets: [Double]
    private let figures: Mutex<Figures>

    init(_ family: MetricFamily) {
        buckets = family.buckets
        figures = Mutex(Figures(counts: Array(repeating: 0, count: family.buckets.count + 1)))
    }

    /// A consistent copy.
    var snapshot: Figures { figures.withLock(\.self) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { figures.withLock { $0.value += amount } }
    func decrement(by amount: Double) { increment(by: -amount) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { figures.withLock { $0.value = value } }
    func reset() { set(0.0) }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }

    func record(_ value: Double) {
        let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
        figures.withLock { figures in
            figures.counts[bucket] += 1
            figures.sum += value
        }
    }
}
