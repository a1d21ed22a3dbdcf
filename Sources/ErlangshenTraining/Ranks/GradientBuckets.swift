/// Parameters in the order in which their gradients become final, cut into pieces that go over the network as one.
///
/// A bucket holds whole parameters, about `targetCount` numbers; it can go as soon as its last group is final.
package struct GradientBuckets: Sendable, Equatable {
    /// About 25 MB of floats: long enough that the start of a message does not show, short enough that the first leaves
    /// early.
    package static let targetCount = 25_000_000 / 4

    /// One parameter of a bucket.
    package struct Part: Sendable, Equatable {
        /// Its slot.
        package let slot: Int
        /// Where its numbers lie in the bucket.
        package let range: Range<Int>
    }

    /// Parameters that are sent together.
    package struct Bucket: Sendable, Equatable {
        /// They lie side by side from 0.
        package var parts: [Part]
        /// The group of `finalOrder` after which all are final.
        package var lastGroup: Int
        /// Their numbers.
        package var count: Int { parts.last?.range.upperBound ?? 0 }
    }

    /// In the order in which they become final.
    package let buckets: [Bucket]

    /// Sorts parameters into buckets.
    ///
    /// - Parameters:
    ///   - finalOrder: slots in groups, in the order in which they become final.
    ///   - counts: the numbers of each slot; of one that is not trained 0, and it is left out.
    ///   - targetCount: numbers after which a bucket is full.
    package init(finalOrder: [[Int]], counts: [Int], targetCount: Int = GradientBuckets.targetCount) {
        var buckets: [Bucket] = []
        var open: Bucket?
        for (group, slots) in finalOrder.enumerated() {
            for slot in slots where counts[slot] > 0 {
                var bucket = open ?? Bucket(parts: [], lastGroup: group)
                bucket.parts.append(Part(slot: slot, range: bucket.count..<bucket.count + counts[slot]))
                bucket.lastGroup = group
                open = bucket
                if bucket.count >= targetCount {
                    buckets.append(bucket)
                    open = nil
                }
            }
        }
        if let open { buckets.append(open) }
        self.buckets = buckets
    }

    /// The elements of each slot that lie in a share of each bucket; of a slot that is in none nothing.
    ///
    /// *Shapes:* shares: a range of each bucket.
    package func ranges(of shares: [Range<Int>], slotCount: Int) -> [Range<Int>] {
        var ranges = [Range<Int>](repeating: 0..<0, count: slotCount)
        for (bucket, share) in zip(buckets, shares) {
            for part in bucket.parts {
                let own = share.clamped(to: part.range)
                let start = part.range.lowerBound
                ranges[part.slot] = own.lowerBound - start..<own.upperBound - start
            }
        }
        return ranges
    }
}
