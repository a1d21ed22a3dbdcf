/// How the process ends, in the numbers of sysexits; `docs/cli.md` lists them for users.
enum ExitReason: Int32, CaseIterable {
    case success = 0
    /// The command line is wrong.
    case usage = 64
    /// The text, or a file of the model, is not what it should be.
    case badData = 65
    /// A file or a model folder is not there.
    case inputMissing = 66
    /// The device, a library it needs, or memory cannot be had.
    case unavailable = 69
    /// A defect of this program.
    case internalError = 70
    /// An output file or folder cannot be made.
    case cannotCreate = 73
    /// Reading or writing failed half way.
    case inputOutput = 74
    /// The rights of a file forbid it.
    case notPermitted = 77
    /// A variable of the environment is set to something unusable.
    case configuration = 78
}
