import ArgumentParser
import ErlangshenCorpus
import ErlangshenJSON

/// `erlangshen vocab`.
struct Vocab: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a BERT vocabulary of text. 由语料生成词表。",
        discussion: """
            Special tokens first, then characters by frequency, then pieces of words by byte-pair merges. Writes vocab.txt \
            and tokenizer_config.json, which transformers opens too. The same text gives the same vocabulary at any number of \
            workers.

            EXAMPLES
              erlangshen vocab --size 12800 --output vocab news.jsonl.zst
              erlangshen vocab --size 21128 --unused 99 --cased --output vocab WuDao/*.json

            中文:先放特殊符号,再按字频放字,其余用字节对合并得到 ## 片段;打印覆盖率与留出文本上的 [UNK] 比例。
            """)

    @OptionGroup(title: "Input Options") var input: CorpusInputOptions

    @Option(help: ArgumentHelp("Tokens, special and unused ones included.", valueName: "n"))
    var size: Int

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "dir"), completion: .directory)
    var output: String

    @Flag(help: "Keep upper case and accents.")
    var cased = false

    @Option(help: ArgumentHelp("Share of all characters that single characters shall make up.", valueName: "share"))
    var coverage = 0.9998

    @Option(help: ArgumentHelp("Tokens [unused1] and so on.", valueName: "n"))
    var unused = 0

    @Flag(help: "Add ## forms of ideographs, which the tokenizer never asks for.")
    var cjkPieces = false

    @Option(help: ArgumentHelp("Join no pair of pieces that comes less often.", valueName: "n"))
    var minCount = 2

    @Option(
        help: ArgumentHelp("Different words to count at a time; beyond it the rarest are forgotten.", valueName: "n"))
    var maxWords = 2_000_000

    @Option(
        help: ArgumentHelp(
            "Share of the documents that is not counted but measured afterwards (8 MiB at most).", valueName: "share"))
    var heldout = 0.01

    @Option(help: ArgumentHelp("Threads; all cores when left out.", valueName: "n"))
    var workers: Int?

    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    func run() throws {
        var settings = VocabularySettings(inputs: input.inputs, size: size)
        settings.reading = input.settings
        settings.options.doLowerCase = !cased
        (settings.coverage, settings.unusedCount, settings.addsIdeographPieces) = (coverage, unused, cjkPieces)
        (settings.minimumPairCount, settings.wordLimit, settings.heldOutShare) = (minCount, maxWords, heldout)
        settings.workerCount = workers ?? POSIX.processorCount()
        let line = RateLine(isQuiet: talkOptions.quiet)
        defer { line.finish() }
        let builder = try VocabularyBuilder(counting: settings) { text, packed, total in
            line.update(textBytes: text, packedBytes: packed, total: total)
        }
        line.finish()
        let (tokens, report) = try builder.build()
        try VocabularyFolder.write(tokens, options: settings.options, to: output)
        let reply = VocabReply(tokenCount: tokens.count, size: size, report: report)
        let standardOutput = StandardOutput()
        if talkOptions.json {
            try standardOutput.line(reply.json.serialized(pretty: true))
        } else {
            for line in reply.lines { try standardOutput.line(line) }
        }
        try standardOutput.flush()
        if tokens.count < size {
            Talk(isQuiet: talkOptions.quiet).once(
                "note: \(tokens.count) tokens instead of \(size): no further pair of pieces comes \(minCount) times")
        }
    }
}

/// What `erlangshen vocab` made.
struct VocabReply {
    let tokenCount: Int
    let size: Int
    let report: VocabularyReport

    private var unknownShare: Double {
        report.heldOutTokens == 0 ? 0 : Double(report.heldOutUnknown) / Double(report.heldOutTokens)
    }

    /// One figure a line, name and value.
    var lines: [String] {
        var lines = [
            "tokens\t\(tokenCount)", "characters\t\(report.characters) of \(report.distinctCharacters)",
            "tokens of one character\t\(report.characterTokens)", "pieces\t\(report.pieceTokens)",
            "characters covered\t\(NumberText.fixed(100 * report.characterCoverage, 4))%",
            "words covered\t\(NumberText.fixed(100 * report.wordCoverage, 4))%",
            "held out\t\(report.heldOutTokens) tokens, \(NumberText.fixed(100 * unknownShare, 4))% [UNK]",
            "records\t\(report.records)", "text\t\(NumberText.fixed(Double(report.textBytes) / 1e6, 1)) MB",
            "different words\t\(report.distinctWords)", "bad records\t\(report.bad.count)",
        ]
        lines += report.bad.first.map { "\t\($0.description.printable)" }
        if report.wordCountError > 0 { lines.append("counts of words may be too small by\t\(report.wordCountError)") }
        return lines
    }

    var json: JSONValue {
        [
            "tokens": .integer(Int64(tokenCount)), "size": .integer(Int64(size)),
            "characters": .integer(Int64(report.characters)),
            "distinct_characters": .integer(Int64(report.distinctCharacters)),
            "character_tokens": .integer(Int64(report.characterTokens)),
            "piece_tokens": .integer(Int64(report.pieceTokens)),
            "character_coverage": .double(report.characterCoverage), "word_coverage": .double(report.wordCoverage),
            "heldout_tokens": .integer(Int64(report.heldOutTokens)),
            "heldout_unknown_share": .double(unknownShare), "records": .integer(Int64(report.records)),
            "text_bytes": .integer(Int64(report.textBytes)),
            "distinct_words": .integer(Int64(report.distinctWords)),
            "word_count_error": .integer(Int64(report.wordCountError)), "bad": .integer(Int64(report.bad.count)),
            "first_bad": .array(report.bad.first.map { .string($0.description) }),
        ]
    }
}
