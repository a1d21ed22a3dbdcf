/// The bytes of the command line, before Swift repairs them.
enum RawArguments {
    /// Refuses arguments that are not UTF-8: they would reach the model with characters replaced.
    static func check() throws(CommandFailure) {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            guard String(validatingCString: argument) != nil else { throw .invalidArgument(index: index) }
        }
    }
}
