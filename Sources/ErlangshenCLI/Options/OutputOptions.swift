import ArgumentParser

/// How results and remarks are written.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write JSON: one reply for arguments, one line per text for files and pipes.")
    var json = false

    @Flag(name: .shortAndLong, help: "Write no remarks, warnings or progress on standard error; errors only.")
    var quiet = false
}
