import ErlangshenParallel
import Testing

@testable import ErlangshenParallel

/// Which launchers are recognised, and what is said without a library.
@Suite struct MPILibraryTests {
    @Test(
        arguments: [
            ([:], nil), (["OMPI_COMM_WORLD_SIZE": "4"], 4), (["PMI_SIZE": "2", "PMI_RANK": "0"], 2),
            (["OMPI_COMM_WORLD_SIZE": "four"], nil), (["OMPI_COMM_WORLD_SIZE": "0"], nil),
            (["SLURM_PROCID": "0", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "8"], 8),
            // The batch script of a job is one process, whatever the job has.
            (["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "8"], nil),
            (["SLURM_PROCID": "0", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"], nil),
        ] as [([String: String], Int?)])
    func launchers(_ environment: [String: String], _ size: Int?) {
        #expect(MPILibrary.launchedSize(environment) == size)
    }

    @Test func aMissingLibraryIsNamedWithTheFix() {
        #expect {
            _ = try MPICommunicator.open(library: "no-such-mpi.so") { _ in }
        } throws: { error in
            guard case .noLibrary(let tried)? = error as? ParallelError else { return false }
            let text = "\(error)"
            return tried.count == 1 && tried[0].hasPrefix("no-such-mpi.so")
                && text.contains("apt-get install openmpi-bin")
        }
    }

    /// A library that is no MPI: the first function that it lacks is named.
    @Test func anotherLibraryIsRefused() {
        #expect {
            _ = try MPICommunicator.open(library: "libm.so.6") { _ in }
        } throws: { error in
            (error as? ParallelError) == .noLibrary(tried: ["libm.so.6: MPI_Initialized"])
        }
    }
}
