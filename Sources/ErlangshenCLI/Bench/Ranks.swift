import ArgumentParser
import ErlangshenJSON
import ErlangshenParallel

/// `erlangshen ranks`.
struct Ranks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check and time the connection between ranks. 检查并测量各进程间的通信。",
        discussion: """
            Under mpirun or srun: all processes sum arrays, every sum is held to what it has to be on every rank, and \
            the times are printed. An allreduce of n bytes sends 2·(P − 1)/P·n from each of P ranks.

            EXAMPLES
              mpirun -n 2 erlangshen ranks
              srun -N 8 --ntasks-per-node=1 erlangshen ranks --megabytes 25 --json

            中文:在 mpirun 下检查求和是否处处相同,并测量通信速度。
            """)

    @Option(
        help: ArgumentHelp("Sizes of the arrays, 10^6 bytes each.", valueName: "n,n,…"), transform: Self.sizes)
    var megabytes = [1, 10, 100]

    @Option(help: "How often each is summed.") var repeats = 7

    @Flag(help: "One JSON object.") var json = false

    func validate() throws {
        guard (1...1_000).contains(repeats) else { throw ValidationError("--repeats takes 1 to 1000.") }
    }

    private static func sizes(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let size = Int(part), (1...16_000).contains(size) else {
                throw ValidationError("--megabytes takes numbers from 1 to 16000, with commas between them.")
            }
            return size
        }
    }

    func run() throws { try RankOptions().run { ranks in try measure(ranks) } }

    private func measure(_ ranks: any Communicator) throws {
        var rows: [JSONValue] = []
        let output = StandardOutput()
        if ranks.isFirst, !json { try output.line("\(ranks.size) ranks over \(ranks.name)") }
        for size in megabytes {
            let seconds = try Self.seconds(ranks, count: size * 250_000, repeats: repeats).sorted()
            let median = seconds[seconds.count / 2]
            let rate = Double(size) / 1e3 / median
            rows.append([
                "megabytes": .integer(Int64(size)), "median_seconds": .double(median),
                "best_seconds": .double(seconds[0]),
            ])
            guard ranks.isFirst, !json else { continue }
            try output.line(
                "\(size) MB: median \(Self.milliseconds(median)) ms, best \(Self.milliseconds(seconds[0])) ms, "
                    + "\(Double(Int(rate * 100)) / 100) GB/s; right on all ranks")
            try output.flush()
        }
        guard ranks.isFirst else { return }
        guard json else { return try output.flush() }
        let reply: JSONValue = [
            "ranks": .integer(Int64(ranks.size)), "library": .string(ranks.name), "sums": .array(rows),
        ]
        try output.line(reply.serialized())
        try output.flush()
    }

    private static func milliseconds(_ seconds: Double) -> Double { Double(Int(seconds * 1e6)) / 1e3 }

    /// Seconds of each of so many sums of `count` floats, the first one not counted.
    private static func seconds(_ ranks: any Communicator, count: Int, repeats: Int) throws -> [Double] {
        let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        defer { room.deallocate() }
        var seconds: [Double] = []
        for turn in 0...repeats {
            // Whole numbers: their sum over ranks is known, and so is every bit of it.
            for place in room.indices {
                room.initializeElement(at: place, to: Float((place + turn) % 1_000 + ranks.rank))
            }
            try ranks.barrier()
            let start = POSIX.seconds()
            try ranks.startSum(room).wait()
            if turn > 0 { seconds.append(POSIX.seconds() - start) }
            let all = ranks.size * (ranks.size - 1) / 2
            let isRight = room.indices.allSatisfy { room[$0] == Float(((($0 + turn) % 1_000) * ranks.size) + all) }
            try ranks.requireSame(
                "whether the sums are right", isRight ? "right ones" : "wrong ones from rank \(ranks.rank)")
            guard isRight else { throw ParallelError.library(operation: "summing", reason: "wrong sums on every rank") }
        }
        return seconds
    }
}
