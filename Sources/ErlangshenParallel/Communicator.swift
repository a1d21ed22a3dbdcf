/// The ranks of a job, seen from one of them: processes that compute together, on one machine or many.
///
/// Every rank calls the same operations in the same order. What is started goes on while the caller computes; the memory
/// given must live and stay untouched until it was waited for. Results are the same bits on every rank and in every run.
/// When an operation throws, the ranks cannot go on together.
public protocol Communicator: AnyObject, Sendable {
    /// This rank, from 0.
    var rank: Int { get }
    /// Number of ranks.
    var size: Int { get }
    /// What connects them, for people.
    var name: String { get }

    /// Starts to replace the numbers by their sums over ranks; added in the order of the ranks in double, rounded once.
    func startSum(_ values: UnsafeMutableBufferPointer<Float>) -> PendingOperation
    /// Starts to replace this rank's share of the numbers by their sums over ranks; the other shares keep what they were.
    ///
    /// *Shapes:* values [n]; shares [P], the same on every rank, side by side.
    func startReduceScatter(
        _ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]
    ) -> PendingOperation
    /// Starts to give every rank's share of the numbers to all.
    ///
    /// *Shapes:* as in `startReduceScatter`.
    func startAllGather(_ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]) -> PendingOperation
    /// The bytes of rank `root` become those of all, which have to be as many.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(ParallelError)
    /// Every rank's small record, by rank, to all; they may be of any size.
    func gather(_ record: [UInt8]) throws(ParallelError) -> [[UInt8]]
    /// Comes back when every rank has come to it.
    func barrier() throws(ParallelError)
    /// Parts from the others, all of whom come to it too; nothing can be sent after it.
    func close() throws(ParallelError)
    /// Ends the processes of all ranks at once; comes back where there is nothing to end.
    func abort(status: Int32)
}

extension Communicator {
    /// Whether this rank is the one that writes and talks.
    public var isFirst: Bool { rank == 0 }

    /// `count` numbers cut into shares, one for each rank: side by side, their lengths at most `grain` apart.
    ///
    /// `grain` keeps shares from beginning inside of a cache line: 16 floats.
    public func shares(of count: Int, grain: Int = 16) -> [Range<Int>] {
        let grains = (count + grain - 1) / grain
        return (0..<size).map { rank in
            min(count, grains * rank / size * grain)..<min(count, grains * (rank + 1) / size * grain)
        }
    }

    /// The sums of a few numbers over ranks, added in the order of the ranks.
    public func sum(_ values: [Double]) throws(ParallelError) -> [Double] {
        let records = try gather(values.withUnsafeBytes { Array($0) })
        var sums = [Double](repeating: 0, count: values.count)
        for record in records {
            guard record.count == values.count * 8 else {
                throw .disagreement(what: "how many numbers are summed", values: records.map { "\($0.count / 8)" })
            }
            record.withUnsafeBytes { bytes in
                for place in sums.indices {
                    sums[place] += bytes.loadUnaligned(fromByteOffset: 8 * place, as: Double.self)
                }
            }
        }
        return sums
    }

    /// The largest of the ranks' numbers.
    public func largest(_ value: Int) throws(ParallelError) -> Int {
        let records = try gather(withUnsafeBytes(of: Int64(value)) { Array($0) })
        let values = records.map { record in
            record.count == 8 ? record.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) } : 0
        }
        return values.max().map(Int.init) ?? value
    }

    /// Makes sure that all ranks have the same.
    ///
    /// - Throws: `ParallelError.disagreement` with what each has.
    public func requireSame(_ what: String, _ value: String) throws(ParallelError) {
        let values = try gather(Array(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
        guard Set(values).count == 1 else { throw .disagreement(what: what, values: values) }
    }
}
