/// One process alone: all sums are over its own numbers.
public final class SoloCommunicator: Communicator {
    public let rank = 0
    public let size = 1
    public let name = "one process"

    /// A job of one rank.
    public init() {}

    public func startSum(_ values: UnsafeMutableBufferPointer<Float>) -> PendingOperation {
        PendingOperation(done: .success(()))
    }

    public func startReduceScatter(
        _ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]
    ) -> PendingOperation {
        PendingOperation(done: .success(()))
    }

    public func startAllGather(_ values: UnsafeMutableBufferPointer<Float>, shares: [Range<Int>]) -> PendingOperation {
        PendingOperation(done: .success(()))
    }

    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(ParallelError) {}

    public func gather(_ record: [UInt8]) throws(ParallelError) -> [[UInt8]] { [record] }

    public func barrier() throws(ParallelError) {}

    public func close() throws(ParallelError) {}

    public func abort(status: Int32) {}
}
