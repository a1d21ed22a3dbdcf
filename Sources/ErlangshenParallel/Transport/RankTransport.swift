/// Messages from rank to rank; the collective operations are made of these alone.
///
/// One thread calls it. Messages of one sender under one tag arrive in the order in which they were sent.
package protocol RankTransport: AnyObject {
    /// This rank, from 0.
    var rank: Int { get }
    /// Number of ranks.
    var size: Int { get }
    /// What carries the messages, for people.
    var name: String { get }

    /// Begins to send; the bytes must stay as they are until it is done.
    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: Int32) throws(ParallelError) -> any RankRequest
    /// Begins to receive just so many bytes.
    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: Int32
    ) throws(ParallelError) -> any RankRequest
    /// Ends the transport, all ranks having come to it.
    func close()
    /// Ends all ranks at once.
    func abort(status: Int32)
}

/// A message on its way.
package protocol RankRequest: AnyObject {
    /// Whether it has arrived, or may be overwritten; drives the transport on.
    func isDone() throws(ParallelError) -> Bool
}
