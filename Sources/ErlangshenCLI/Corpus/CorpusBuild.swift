import ArgumentParser
import ErlangshenCorpus
import ErlangshenTokenizer

/// `erlangshen corpus build`.
struct CorpusBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Read, cut and tokenize text into shards. 把文本做成语料分片。",
        discussion: """
            Writes PREFIX-00000.bin and .idx, which Megatron-LM reads: a line of text is a sequence, a text is a document, no \
            special tokens. PREFIX-00000.wwm holds a bit a token: whether it continues the word before it, as jieba cuts. \
            PREFIX.json lists the shards with their SHA-256 sums.

            The bytes are the same at any number of workers. A build that was broken off, however, goes on with the same command.

            EXAMPLES
              erlangshen corpus build --vocab 97M --output data/news news.jsonl.zst
              erlangshen corpus build --vocab vocab.txt --output data/wudao --heldout 0.002 --dedup near WuDao/*.json
              zstd -dc old.zst | iconv -f GB18030 -t UTF-8 | erlangshen corpus build --vocab 97M --output data/old -

            中文:读入 JSON 行、WuDao 的 JSON 数组、纯文本(可为 gzip、zstd),切词、分词后写成 Megatron 的 .bin/.idx,
            词边界写入 .wwm;中断后用同一命令接着做,结果与线程数无关。
            """)

    @OptionGroup(title: "Input Options") var input: CorpusInputOptions

    @Option(
        help: ArgumentHelp("A folder with vocab.txt and tokenizer_config.json, or a vocab.txt.", valueName: "path"),
        completion: .file())
    var vocab: String

    @Option(name: .shortAndLong, help: ArgumentHelp("What the names of all files begin with.", valueName: "prefix"))
    var output: String

    @Option(help: ArgumentHelp("Threads; all cores when left out.", valueName: "n"))
    var workers: Int?

    @Option(help: ArgumentHelp("Tokens that a shard holds.", valueName: "n"))
    var shardTokens = 1 << 27

    @Option(help: ArgumentHelp("Leave out documents with fewer tokens.", valueName: "n"))
    var minTokens = 1

    @Option(
        help: ArgumentHelp(
            "Share of the documents, chosen by their text, that goes to PREFIX.heldout.", valueName: "share"))
    var heldout = 0.0

    @Option(
        help: """
            Copies: keep, leave out exact ones (white space aside), or also those that are nearly equal (near: half of all pairs \
            whose runs of five characters overlap by 0.67 of their union, 95 of 100 at 0.8).
            """)
    var dedup = DuplicatePolicy.keep

    @Option(help: ArgumentHelp("What the tables of documents seen may take.", valueName: "MiB"))
    var dedupMemory = 1_024

    @Option(help: ArgumentHelp("The folder of the package jieba.", valueName: "dir"), completion: .directory)
    var jieba: String?

    @Option(help: ArgumentHelp("Words of your own, as for segment.", valueName: "path"), completion: .file())
    var userDict: [String] = []

    @Flag(help: "Remove what stands under the prefix and build anew.")
    var overwrite = false

    @OptionGroup(title: "Output Options") var talkOptions: OutputOptions

    func validate() throws {
        guard (1...(1 << 20)).contains(dedupMemory) else {
            throw ValidationError("--dedup-memory is \(dedupMemory); it takes 1 to \(1 << 20) MiB")
        }
    }

    func run() throws {
        let tokenizer = try VocabularyPath.tokenizer(vocab)
        let builder = try CorpusBuilder(settings: settings, tokenizer: tokenizer, overwrites: overwrite)
        let talk = Talk(isQuiet: talkOptions.quiet)
        if builder.goesOn { talk.once("note: going on with the shards of an earlier call") }
        let line = RateLine(isQuiet: talkOptions.quiet)
        defer { line.finish() }
        let (start, processor) = (POSIX.seconds(), POSIX.processorSeconds())
        let manifest = try builder.run { status in
            line.update(
                textBytes: status.counts.textBytes, packedBytes: status.packedBytes, total: status.totalPackedBytes)
        }
        line.finish()
        let reply = CorpusBuildReply(
            manifest: manifest, seconds: POSIX.seconds() - start,
            processorSeconds: POSIX.processorSeconds() - processor, peakMemory: POSIX.peakMemory())
        let standardOutput = StandardOutput()
        if talkOptions.json {
            try standardOutput.line(reply.json.serialized(pretty: true))
        } else {
            for line in reply.lines { try standardOutput.line(line) }
        }
        try standardOutput.flush()
    }

    private var settings: BuildSettings {
        var settings = BuildSettings(inputs: input.inputs, output: output)
        settings.reading = input.settings
        (settings.jieba, settings.userDictionaries) = (jieba, userDict)
        settings.workerCount = workers ?? POSIX.processorCount()
        (settings.shardTokenCount, settings.minimumTokenCount) = (shardTokens, minTokens)
        (settings.heldOutShare, settings.duplicates) = (heldout, dedup)
        settings.duplicatesByteCount = dedupMemory << 20
        return settings
    }
}

/// A vocabulary on the command line.
enum VocabularyPath {
    /// The tokenizer of a model, or of a `vocab.txt` with the configuration that stands beside it.
    static func tokenizer(_ text: String) throws -> BertTokenizer {
        let path = ModelFolder.pathIfKnown(text)
        if POSIX.isDirectory(path) { return try BertTokenizer(directory: path) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let vocabulary = try Vocabulary(file: path)
        let options = try TokenizerOptions(directory: folder.isEmpty ? "/" : folder, vocabulary: vocabulary)
        return try BertTokenizer(vocabulary: vocabulary, options: options)
    }
}
