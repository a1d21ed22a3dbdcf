/// Counts keys in bounded memory: when there are too many, the rarest are forgotten.
///
/// *Exactness:* `forgotten` is 0 as long as nothing was forgotten, and all counts are exact then. Otherwise the count of
/// a key may be too small by at most `forgotten` (lossy counting, G. Manku and R. Motwani 2002). What is kept depends on
/// the keys and their order alone.
struct LimitedCounts<Key: Hashable & Sendable>: Sendable {
    private(set) var counts: [Key: Int] = [:]
    /// The most that any count may be too small by.
    private(set) var forgotten = 0
    private let limit: Int

    /// - Parameter limit: keys that are kept.
    init(limit: Int) { self.limit = limit }

    mutating func add(_ key: Key, _ count: Int = 1) {
        counts[key, default: 0] += count
        if counts.count > limit { forget() }
    }

    /// Forgets keys of growing counts until half of the room is free.
    private mutating func forget() {
        var threshold = 0
        while counts.count > limit / 2 {
            // At most a limit's worth of keys: their sorted counts tell where half of them ends.
            let sorted = counts.values.sorted()
            threshold = max(threshold + 1, sorted[sorted.count - max(1, limit / 2)])
            let bound = threshold
            counts = counts.filter { $0.value > bound }
        }
        forgotten += threshold
    }
}
