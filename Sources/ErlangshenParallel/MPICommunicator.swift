/// Ranks that a launcher such as mpirun started, connected by MPI.
///
/// The library is opened at run time and only here. All calls of it come from one thread, the one that began it, so that
/// the thread level is FUNNELED; sums are this package's own, of point-to-point messages, and depend on no setting of the
/// library.
public enum MPICommunicator {
    /// What processes end with that lost another one: EX_UNAVAILABLE of sysexits.
    private static let lostStatus: Int32 = 69

    /// How many ranks the launcher of this process started; nil when it was started alone.
    public static var launchedSize: Int? { MPILibrary.launchedSize(MPILibrary.environment) }

    /// Opens MPI and meets the other ranks.
    ///
    /// `library` names it by path; else the environment variable ERLANGSHEN_MPI does, else those installed are tried.
    /// When the ranks can no longer go on together, another thread calls `failed`, which may say why, and then ends all of
    /// them that can be reached, this one included.
    /// - Throws: `ParallelError.noLibrary`, `.worldSize` when the library is not that of the launcher, `.library`.
    public static func open(
        library: String? = nil, limits: RankLimits = RankLimits(),
        failed: @escaping @Sendable (ParallelError) -> Void
    ) throws(ParallelError) -> any Communicator {
        let environment = MPILibrary.environment
        try MPILibrary.open(path: library ?? environment[MPILibrary.environmentName])
        let expected = MPILibrary.launchedSize(environment)
        return try RankCommunicator(
            limits: limits,
            failed: { error in
                failed(error)
                MPITransport.end(status: Self.lostStatus)
            },
            makeTransport: { () throws(ParallelError) in try MPITransport(expectedSize: expected) })
    }
}
