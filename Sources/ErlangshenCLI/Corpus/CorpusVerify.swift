import ArgumentParser
import ErlangshenCorpus
import ErlangshenJSON

/// `erlangshen corpus verify`.
struct CorpusVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of a corpus. 校验语料。",
        discussion: """
            Checks the SHA-256 sums of the build, the index, the lengths, every id against the vocabulary, and the word \
            boundaries. Ends with 65 when a shard is not as it should be.

            EXAMPLES
              erlangshen corpus verify data/news
              erlangshen corpus verify --vocab vocab.txt megatron/wudao_text_sentence

            中文:校验每个分片的 SHA-256、索引、长度、词元编号与词边界。
            """)

    @Argument(help: "The prefix of the corpus, or the path of a .bin without its ending.")
    var prefix: String

    @Option(
        help: ArgumentHelp("The vocabulary; needed for a corpus that was not built here.", valueName: "path"),
        completion: .file())
    var vocab: String?

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let corpus = try ShardedCorpus(prefix: prefix)
        let given = try vocab.map { try VocabularyPath.tokenizer($0).vocabulary.count }
        guard let size = given ?? corpus.manifest?.vocabularySize else {
            throw ValidationError("'\(prefix.printable)' has no manifest; give its vocabulary with --vocab")
        }
        if corpus.manifest?.isComplete == false {
            Talk(isQuiet: output.quiet).once("note: the build is not complete; the same command goes on with it")
        }
        let standardOutput = StandardOutput()
        var damagedCount = 0
        for shard in corpus.shardPrefixes.indices {
            var fault: CorpusError?
            do { try CorpusCheck.check(corpus, shard: shard, vocabularySize: size) } catch { fault = error }
            if fault != nil { damagedCount += 1 }
            let name = corpus.shardPrefixes[shard]
            if output.json {
                let row: JSONValue = [
                    "shard": .string(name), "ok": .bool(fault == nil),
                    "fault": fault.map { .string($0.description) } ?? .null,
                ]
                try standardOutput.line(row.serialized())
            } else {
                try standardOutput.line("\(name.printable)\t\(fault.map { $0.description.printable } ?? "ok")")
            }
            try standardOutput.flush()
        }
        if damagedCount > 0 {
            throw CommandFailure.damagedShards(count: damagedCount, total: corpus.shardPrefixes.count)
        }
    }
}
