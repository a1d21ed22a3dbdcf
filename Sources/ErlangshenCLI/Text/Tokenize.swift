import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines
import ErlangshenTokenizer

/// `erlangshen tokenize`.
struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the tokens of texts, their ids and where they stand. 分词。",
        discussion: """
            Columns: id, token, start, end, text. Only vocab.txt and the tokenizer's configuration are read.

            EXAMPLES
              erlangshen tokenize '我买了一部iPhone14 pro'
              erlangshen tokenize --ids-only --file corpus.txt > ids.txt
              erlangshen tokenize --json --unit utf16 --model DIR '漓江'

            中文:列出每个词元的编号、写法与其在原文中的位置。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Flag(help: "Write the ids alone: one line per text, separated by spaces, or a list with --json.")
    var idsOnly = false

    @Flag(inversion: .prefixedNo, help: "Put [CLS] and [SEP] around each text.")
    var specialTokens = true

    @Option(help: "What starts and ends count: characters (Unicode scalars), UTF-16 units or UTF-8 bytes.")
    var unit = OffsetUnit.characters

    func run() throws {
        let tokenizer = try BertTokenizer(
            directory: model.folder(
                Talk(isQuiet: output.quiet),
                remark: "these ids are those of the built-in demonstration vocabulary, not of a published model; "
                    + "give one with --model DIR"))
        try TextRun<TokenizedText>(
            input: text.input(for: "tokenize"), options: text, output: output,
            compute: { texts in
                try texts.map { text in
                    let encoding = try tokenizer.encode(
                        text, addSpecialTokens: specialTokens,
                        truncation: self.text.maxTokens == nil ? .doNotTruncate : .longestFirst,
                        maxLength: self.text.maxTokens)
                    return TokenizedText(text: text, encoding: encoding, unit: unit.textUnit)
                }
            },
            warn: { talk, reply, place in
                let count = reply.encoding.cutTokenCount
                if count > 0 { talk.warn([.truncated(tokenCount: count)], at: place) }
            },
            json: { idsOnly ? $0.ids : $0.json },
            lines: { reply, _, index in
                if idsOnly { return [reply.encoding.ids.map { "\($0)" }.joined(separator: " ")] }
                return (index > 0 ? [""] : []) + reply.lines
            }
        ).run()
    }
}

/// What `--unit` takes.
enum OffsetUnit: String, CaseIterable, ExpressibleByArgument {
    case characters, utf16, utf8

    var textUnit: TextUnit {
        switch self {
        case .characters: .scalars
        case .utf16: .utf16
        case .utf8: .utf8
        }
    }
}
