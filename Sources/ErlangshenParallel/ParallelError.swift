/// What can go wrong between ranks.
public enum ParallelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No MPI library could be opened; what was tried, and why each did not do.
    case noLibrary(tried: [String])
    /// The library says that something failed.
    case library(operation: String, reason: String)
    /// The job has another number of ranks than the environment announced: two kinds of MPI were mixed.
    case worldSize(expected: Int, found: Int, library: String)
    /// Nothing has been heard of a rank for so long.
    case silent(rank: Int, seconds: Int)
    /// An operation waits for ranks that live, but have not come to it for so long.
    case stalled(operation: String, ranks: [Int], seconds: Int)
    /// The ranks do not agree on something that has to be equal on all; what each has, by rank.
    case disagreement(what: String, values: [String])
    /// The system refused a thread or memory.
    case system(operation: String, code: Int32)
    /// The ranks have parted; nothing can be sent any more.
    case closed

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .noLibrary(let tried):
            "no MPI library could be opened (\(tried.joined(separator: "; "))); "
                + "apt-get install openmpi-bin, or name the library with ERLANGSHEN_MPI=PATH"
        case .library(let operation, let reason):
            "\(operation) failed in MPI: \(reason.isEmpty ? "no reason given" : reason)"
        case .worldSize(let expected, let found, let library):
            "the launcher started \(expected) ranks, and \(library) knows of \(found); "
                + "take the mpirun of that library, or name the launcher's own with ERLANGSHEN_MPI=PATH"
        case .silent(let rank, let seconds):
            "rank \(rank) has been silent for \(seconds) s: it was killed, or its machine or network is gone; "
                + "start the job again with --resume"
        case .stalled(let operation, let ranks, let seconds):
            "\(operation) has waited for rank \(ranks.map(String.init).joined(separator: ", ")) for \(seconds) s; "
                + "they live but do not come: look at their machines, then start the job again with --resume"
        case .disagreement(let what, let values):
            "the ranks do not agree on \(what): "
                + values.enumerated().map { "rank \($0) has \($1)" }.joined(separator: ", ")
        case .system(let operation, let code): "cannot \(operation): error \(code)"
        case .closed: "the ranks have parted"
        }
    }
}
