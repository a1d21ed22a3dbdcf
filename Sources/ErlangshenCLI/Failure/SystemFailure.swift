#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a system call answered when it failed.
struct SystemFailure: Error, Equatable, CustomStringConvertible {
    /// The `errno` of the call.
    let code: Int32

    var description: String { String(cString: strerror(code)) }

    /// The exit status of a command that could not read its input for this reason.
    var statusForReading: ExitReason {
        switch code {
        case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP: .inputMissing
        case EACCES, EPERM: .notPermitted
        default: .inputOutput
        }
    }

    /// The exit status of a command that could not write its output for this reason.
    var statusForWriting: ExitReason {
        switch code {
        case EACCES, EPERM, EROFS: .notPermitted
        case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP, EEXIST, ENOTEMPTY: .cannotCreate
        default: .inputOutput
        }
    }

    /// A folder where a file was expected.
    static let isDirectory = SystemFailure(code: EISDIR)
}
