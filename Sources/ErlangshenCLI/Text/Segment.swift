import ArgumentParser
import ErlangshenJSON
import ErlangshenSegmentation

/// `erlangshen segment`.
struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cut Chinese texts into words, as jieba does. 切分词语。",
        discussion: """
            The words are those of jieba 0.42.1, whose dictionary is read from the installed package
            (apt-get install python3-jieba, or pip install jieba). No Python runs.

            EXAMPLES
              erlangshen segment '桂林是世界闻名的旅游城市'
              erlangshen segment --separator ' / ' --file corpus.txt
              erlangshen segment --json --user-dict names.txt '漓江上的竹筏'
              zstd -dc corpus.txt.zst | erlangshen segment > words.txt

            中文:结果与 jieba.lcut 相同;词典取自已安装的 jieba,可加自己的词典。
            """)

    @Argument(help: "Texts; without any, each line of --file or of standard input is a text.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Read texts from a UTF-8 file, one a line; - is standard input.", valueName: "path"),
        completion: .file())
    var file: [String] = []

    @Option(help: ArgumentHelp("What stands between two words.", valueName: "text"))
    var separator = " "

    @Option(
        help: ArgumentHelp(
            "Words of your own, a line each: word, how often it occurs (may be left out), tag (likewise).",
            valueName: "path"),
        completion: .file())
    var userDict: [String] = []

    @Option(
        help: ArgumentHelp(
            "The folder of the package jieba; else ERLANGSHEN_JIEBA, else where it is installed.", valueName: "dir"),
        completion: .directory)
    var jieba: String?

    @Flag(inversion: .prefixedNo, help: "Look for words that the dictionary lacks (hidden Markov model).")
    var hmm = true

    @OptionGroup(title: "Output Options") var output: OutputOptions

    /// Lines that are read before their words are written.
    private static let batch = 256

    func run() throws {
        var segmenter = try WordSegmenter(jieba: jieba)
        segmenter.usesHiddenMarkovModel = hmm
        for path in userDict { try segmenter.addUserDictionary(file: path) }
        let input = TextInput(command: "segment", texts: texts, files: file)
        let standardOutput = StandardOutput()
        var replies: [JSONValue] = []
        var count = 0
        try input.forEachBatch(Segment.batch, progress: Progress(isQuiet: output.quiet)) { items in
            count += items.count
            for item in items {
                let words = segmenter.words(in: item.text)
                if !output.json {
                    try standardOutput.line(words.map(\.printable).joined(separator: separator))
                } else if input.isLines {
                    try standardOutput.line(Segment.json(words).serialized())
                } else {
                    replies.append(Segment.json(words))
                }
            }
            try standardOutput.flush()
        }
        if output.json, !input.isLines {
            try standardOutput.line((replies.count == 1 ? replies[0] : .array(replies)).serialized())
        }
        try standardOutput.flush()
        if count == 0 {
            Talk(isQuiet: output.quiet).once("note: no text in \(input.origin), so there is no answer")
        }
    }

    private static func json(_ words: [String]) -> JSONValue { .array(words.map { .string($0) }) }
}
