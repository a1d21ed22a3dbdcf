import ArgumentParser
import ErlangshenParallel

/// Processes that train together; whether there are several, the launcher says.
struct RankOptions: ParsableArguments {
    @Flag(
        help: """
            Under mpirun: each process keeps the optimiser's moments of its share of the parameters alone (ZeRO-1).
            """)
    var shardOptimizer = false

    /// Meets the other ranks, if a launcher such as mpirun started several, runs `body` and parts from them.
    ///
    /// When it fails on this rank, the others are ended: they would wait for it for ever.
    func run(_ body: (any Communicator) throws -> Void) throws {
        guard let size = MPICommunicator.launchedSize, size > 1 else { return try body(SoloCommunicator()) }
        let ranks = try MPICommunicator.open { error in
            StandardError.say("error: \(error)")
        }
        do {
            try body(ranks)
        } catch let code as ExitCode {
            try ranks.close()
            throw code
        } catch {
            StandardError.say("error: rank \(ranks.rank): \(error)")
            ranks.abort(status: ExitReason(of: error).rawValue)
            throw error
        }
        try ranks.close()
    }
}
