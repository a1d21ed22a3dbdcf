import ArgumentParser
import ErlangshenCorpus
import ErlangshenJSON
import ErlangshenTokenizer

/// `erlangshen corpus stats`.
struct CorpusStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count documents, tokens, words and lengths of a corpus. 语料统计。",
        discussion: """
            PREFIX is the --output of a build, PREFIX.heldout what it held out, or the path of a .bin without its ending.

            EXAMPLES
              erlangshen corpus stats data/news
              erlangshen corpus stats --vocab 97M --top 50 --json data/news

            中文:统计文档、词元、词数、长度分布、[UNK] 比例与最常见的词。
            """)

    @Argument(help: "The prefix of the corpus.")
    var prefix: String

    @Option(
        help: ArgumentHelp("The vocabulary, for [UNK] and for words as text.", valueName: "path"), completion: .file())
    var vocab: String?

    @Option(help: ArgumentHelp("Words to list.", valueName: "n"))
    var top = 20

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func validate() throws {
        guard top >= 0 else { throw ValidationError("--top is \(top); it takes 0 or more") }
    }

    func run() throws {
        let tokenizer = try vocab.map { try VocabularyPath.tokenizer($0) }
        let statistics = try CorpusStatistics(
            try ShardedCorpus(prefix: prefix), unknownId: tokenizer?.unkTokenId, topCount: top)
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(json(statistics, tokenizer).serialized(pretty: true))
        } else {
            for line in lines(statistics, tokenizer) { try standardOutput.line(line) }
        }
        try standardOutput.flush()
    }

    private func lines(_ statistics: CorpusStatistics, _ tokenizer: BertTokenizer?) -> [String] {
        var lines = [
            "shards\t\(statistics.shards)", "documents\t\(statistics.documents)",
            "sequences\t\(statistics.sequences)", "tokens\t\(statistics.tokens)",
        ]
        if let words = statistics.words { lines.append("words\t\(words)") }
        if let unknown = statistics.unknownTokens {
            let share = statistics.tokens == 0 ? 0 : Double(unknown) / Double(statistics.tokens)
            lines.append("[UNK]\t\(unknown)\t\(NumberText.fixed(100 * share, 4))%")
        }
        for (name, histogram) in [
            ("tokens a sequence", statistics.sequenceLengths), ("tokens a document", statistics.documentLengths),
        ] {
            for (entry, count) in histogram.enumerated() where count > 0 {
                lines.append("\(name)\t\(1 << entry)–\((2 << entry) - 1)\t\(count)")
            }
        }
        lines += statistics.topWords.map { "word\t\(text($0.ids, tokenizer).printable)\t\($0.count)" }
        if statistics.topWordsError > 0, !statistics.topWords.isEmpty {
            lines.append("counts of words may be too small by\t\(statistics.topWordsError)")
        }
        return lines
    }

    private func json(_ statistics: CorpusStatistics, _ tokenizer: BertTokenizer?) -> JSONValue {
        func histogram(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer(Int64($0)) }) }
        return [
            "shards": .integer(Int64(statistics.shards)), "documents": .integer(Int64(statistics.documents)),
            "sequences": .integer(Int64(statistics.sequences)), "tokens": .integer(Int64(statistics.tokens)),
            "words": statistics.words.map { .integer(Int64($0)) } ?? .null,
            "unknown_tokens": statistics.unknownTokens.map { .integer(Int64($0)) } ?? .null,
            "sequence_lengths": histogram(statistics.sequenceLengths),
            "document_lengths": histogram(statistics.documentLengths),
            "top_words_error": .integer(Int64(statistics.topWordsError)),
            "top_words": .array(
                statistics.topWords.map { word in
                    [
                        "word": .string(text(word.ids, tokenizer)),
                        "ids": .array(word.ids.map { .integer(Int64($0)) }), "count": .integer(Int64(word.count)),
                    ]
                }),
        ]
    }

    /// The pieces of a word put together, or its ids where there is no vocabulary.
    private func text(_ ids: [Int32], _ tokenizer: BertTokenizer?) -> String {
        guard let tokenizer else { return ids.map(String.init).joined(separator: " ") }
        let pieces = ids.map { tokenizer.vocabulary.token(of: $0) ?? "?" }
        return pieces.enumerated().map { $0 > 0 && $1.hasPrefix("##") ? String($1.dropFirst(2)) : $1 }.joined()
    }
}
