#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Which row of the relative table a distance reads.
///
/// *Source:* transformers `make_log_bucket_position`, `build_relative_position`; arXiv 2006.03654 §3.1, 1910.10683 §2.1.
public struct RelativePosition: Sendable, Equatable {
    /// b: distances up to b/2 have a bucket each, farther ones share logarithmic buckets; 0 or less: no buckets.
    public let positionBuckets: Int
    /// M: the distance whose bucket is the last.
    public let maxRelativePositions: Int

    /// Makes the map from distances to rows.
    public init(positionBuckets: Int, maxRelativePositions: Int) {
        self.positionBuckets = positionBuckets
        self.maxRelativePositions = maxRelativePositions
    }

    /// Half the rows of the relative table.
    public var span: Int { positionBuckets > 0 ? positionBuckets : maxRelativePositions }

    /// Bucket of a distance δ = i − j (query minus key), an odd function.
    ///
    /// *Concretely:* δ for |δ| ≤ mid, else ±(⌈ln(|δ|/mid) / ln((M−1)/mid) · (mid−1)⌉ + mid), with mid = b/2.
    public func bucket(_ distance: Int) -> Int {
        let mid = positionBuckets / 2
        guard positionBuckets > 0, maxRelativePositions > 0, abs(distance) > mid else { return distance }
        let ratio = log(Double(abs(distance)) / Double(mid)) / log(Double(maxRelativePositions - 1) / Double(mid))
        let bucket = Int((ratio * Double(mid - 1)).rounded(.up)) + mid
        return distance > 0 ? bucket : -bucket
    }

    /// Row of the relative table for a distance, 0…2·span−1.
    public func index(_ distance: Int) -> Int {
        min(max(bucket(distance) + span, 0), 2 * span - 1)
    }

    /// The largest distance up to which `index` is span + distance on both sides.
    public var linearReach: Int {
        var reach = 0
        while reach + 1 < span, index(reach + 1) == span + reach + 1, index(-reach - 1) == span - reach - 1 {
            reach += 1
        }
        return reach
    }

    /// The rows that a text of this extent can read, all that lie between its farthest distances.
    func rows(extent: Int) -> Range<Int> {
        extent > 0 ? index(1 - extent)..<index(extent - 1) + 1 : span..<span
    }

    /// Rows for all distances −(extent−1)…extent−1 of a text.
    func indices(extent: Int) -> [Int32] {
        extent > 0 ? (1 - extent..<extent).map { Int32(index($0)) } : []
    }
}
