#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps other processes from saving into a folder; the system lets go of it however this process ends.
struct FolderLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `TrainingError.inUse` when another holds it.
    init(folder: String) throws(TrainingError) {
        let path = folder + "/.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .inUse(path: folder) : .system(operation: "lock", path: path, code: code)
        }
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone would leave it to a child that is just being started and has not closed its copy yet.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
