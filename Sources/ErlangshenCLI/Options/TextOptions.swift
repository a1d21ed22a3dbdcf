import ArgumentParser

/// Where the texts come from and how they are taken.
struct TextOptions: ParsableArguments {
    @Argument(help: "Texts; without any, each line of --file or of standard input is a text.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Read texts from a UTF-8 file, one a line; - is standard input.", valueName: "path"),
        completion: .file())
    var file: [String] = []

    @Option(
        help: ArgumentHelp("Cut texts to at most so many tokens, and say so; never cut when left out.", valueName: "n"))
    var maxTokens: Int?

    @Option(help: ArgumentHelp("Texts that go through the model together.", valueName: "n"))
    var batch = 32

    @Flag(help: "Go on after a text that fails; exit with 65 in the end.")
    var keepGoing = false

    mutating func validate() throws {
        if let maxTokens, maxTokens < 3 {
            throw ValidationError("--max-tokens is \(maxTokens); it takes 3 or more: [CLS], a token and [SEP]")
        }
        if !(1...4096).contains(batch) {
            throw ValidationError("--batch is \(batch); it takes a number from 1 to 4096")
        }
    }

    func input(for command: String) -> TextInput { TextInput(command: command, texts: texts, files: file) }
}
