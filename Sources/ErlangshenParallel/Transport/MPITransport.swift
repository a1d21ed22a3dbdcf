internal import CErlangshenParallel

/// Messages over MPI; made, used and closed by one thread, so that the level FUNNELED suffices.
final class MPITransport: RankTransport {
    let rank: Int
    let size: Int
    let name: String

    /// Begins MPI in this thread, the library being open.
    init(expectedSize: Int?) throws(ParallelError) {
        var (rank, size, level): (Int32, Int32, Int32) = (0, 0, 0)
        try Self.check(esh_mpi_start(&rank, &size, &level), "MPI_Init_thread")
        name = Self.text { esh_mpi_version($0, $1) }
        (self.rank, self.size) = (Int(rank), Int(size))
        if let expectedSize, expectedSize != self.size {
            throw .worldSize(expected: expectedSize, found: self.size, library: name)
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: Int32) throws(ParallelError) -> any RankRequest {
        let request = MPIRequest()
        try Self.check(
            esh_mpi_send(bytes.baseAddress, Int32(bytes.count), Int32(rank), tag, &request.handle), "MPI_Isend")
        return request
    }

    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: Int32
    ) throws(ParallelError) -> any RankRequest {
        let request = MPIRequest()
        try Self.check(
            esh_mpi_receive(bytes.baseAddress, Int32(bytes.count), Int32(rank), tag, &request.handle), "MPI_Irecv")
        return request
    }

    func close() { esh_mpi_end() }

    func abort(status: Int32) { Self.end(status: status) }

    /// Ends all ranks.
    static func end(status: Int32) { esh_mpi_abort(status) }

    static func check(_ code: Int32, _ operation: String) throws(ParallelError) {
        guard code != 0 else { return }
        throw .library(operation: operation, reason: text { esh_mpi_error_text(code, $0, $1) })
    }

    private static func text(_ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { room in
            guard let start = room.baseAddress else { return "" }
            write(start, room.count)
            return String(cString: start)
        }
    }
}

/// A request that MPI knows by the bytes of `handle`.
final class MPIRequest: RankRequest {
    var handle: UInt64 = 0
    private var isOver = false

    func isDone() throws(ParallelError) -> Bool {
        if isOver { return true }
        var done: Int32 = 0
        try MPITransport.check(esh_mpi_test(&handle, &done), "MPI_Test")
        isOver = done != 0
        return isOver
    }
}
