internal import CErlangshenParallel

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Finding and opening MPI; nothing of it is touched before.
public enum MPILibrary {
    /// The environment variable that names the library.
    public static let environmentName = "ERLANGSHEN_MPI"

    /// Sonames of the libraries that are tried: Open MPI 2 to 5, then MPICH and what shares its ABI.
    static let names = ["libmpi.so.40", "libmpi.so.12", "libmpich.so.12", "libmpi.so", "libmpi.dylib"]

    /// Variables in which launchers tell each process how many there are: Open MPI's, PMI's (MPICH, Intel).
    private static let sizeNames = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"]

    /// How many ranks a launcher such as mpirun started, this process being one; nil when none did.
    ///
    /// Under `srun` the count stands in `SLURM_NTASKS` and `SLURM_PROCID`; a batch script itself has the former too, so
    /// that a step is told by `SLURM_STEP_ID` beside them.
    public static func launchedSize(_ environment: [String: String]) -> Int? {
        for name in sizeNames {
            if let size = environment[name].flatMap({ Int($0) }), size > 0 { return size }
        }
        guard environment["SLURM_PROCID"] != nil, environment["SLURM_STEP_ID"] != nil,
            let size = environment["SLURM_STEP_NUM_TASKS"].flatMap({ Int($0) }), size > 1
        else { return nil }
        return size
    }

    /// Opens the library that `path` names, or the first of those known that can be.
    ///
    /// - Throws: `ParallelError.noLibrary` with what was tried.
    static func open(path: String?) throws(ParallelError) {
        var tried: [String] = []
        for name in path.map({ [$0] }) ?? names {
            var missing: UnsafePointer<CChar>?
            guard esh_mpi_open(name, &missing) == ESH_MPI_NONE else { return }
            // dlopen's own message begins with the name.
            let reason = missing.map { String(cString: $0) } ?? "no MPI that is known here"
            tried.append(reason.hasPrefix(name) ? reason : "\(name): \(reason)")
        }
        throw .noLibrary(tried: tried)
    }

    /// The variables that matter here, of this process.
    static var environment: [String: String] {
        var values: [String: String] = [:]
        let names = sizeNames + ["SLURM_PROCID", "SLURM_STEP_ID", "SLURM_STEP_NUM_TASKS", environmentName]
        for name in names { values[name] = getenv(name).map { String(cString: $0) } }
        return values
    }
}
