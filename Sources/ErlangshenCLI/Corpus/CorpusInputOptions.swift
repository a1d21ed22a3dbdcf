public import ArgumentParser
public import ErlangshenCorpus

extension CorpusFormat: ExpressibleByArgument {}
extension TextUnit: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}

/// What happens to a record that cannot be used.
enum BadChoice: String, ExpressibleByArgument, CaseIterable {
    case stop, skip
}

/// Which text is read, and how.
struct CorpusInputOptions: ParsableArguments {
    @Argument(
        help: """
            Files or pipes, - for standard input: JSON lines, a JSON array of objects (WuDao), or text; plain, gzip or zstd, \
            told by their first bytes.
            """,
        completion: .file())
    var inputs: [String]

    @Option(help: "How records stand in the inputs: auto, jsonl, json (an array) or text.")
    var format = CorpusFormat.auto

    @Option(help: "What a document is in plain text: file, blank-line (what stands between blank lines) or line.")
    var documents = TextUnit.blankLine

    @Option(help: ArgumentHelp("The member with the text; left out: text, else content.", valueName: "name"))
    var textField: String?

    @Option(help: ArgumentHelp("The member with a title, which goes before the text.", valueName: "name"))
    var titleField = "title"

    @Flag(help: "Leave titles out.")
    var noTitle = false

    @Option(help: "A record that cannot be used ends the command (stop), or is left out and counted (skip).")
    var onBad = BadChoice.stop

    @Option(help: ArgumentHelp("With skip: stop all the same after so many.", valueName: "n"))
    var maxBad = Int.max

    @Option(help: ArgumentHelp("The largest record; longer ones are bad.", valueName: "MiB"))
    var maxRecord = 16

    @Option(help: ArgumentHelp("Refuse packed files that grow to more than so many times their size.", valueName: "n"))
    var maxRatio = ReadingSettings().maximumRatio

    @Option(help: ArgumentHelp("Levels that a JSON record may nest.", valueName: "n"))
    var maxDepth = ReadingSettings().maximumDepth

    @Option(help: ArgumentHelp("The largest window of a zstd file, as a power of two of bytes.", valueName: "n"))
    var zstdWindow = ReadingSettings().zstdWindowLog

    func validate() throws {
        guard (1...1_024).contains(maxRecord) else {
            throw ValidationError("--max-record is \(maxRecord); it takes 1 to 1024 MiB")
        }
        guard maxBad >= 0 else { throw ValidationError("--max-bad is \(maxBad); it takes 0 or more") }
    }

    /// The settings that these options say.
    var settings: ReadingSettings {
        var settings = ReadingSettings()
        (settings.format, settings.unit) = (format, documents)
        (settings.textField, settings.titleField) = (textField, noTitle ? nil : titleField)
        settings.policy = onBad == .stop ? .stop : .skip(limit: maxBad)
        settings.maximumRecordByteCount = maxRecord << 20
        (settings.maximumRatio, settings.maximumDepth, settings.zstdWindowLog) = (maxRatio, maxDepth, zstdWindow)
        return settings
    }
}
