import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines

/// `erlangshen classify`.
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put labels on texts with a fine-tuned model. 文本分类。",
        discussion: """
            EXAMPLES
              erlangshen classify --model DIR '今天心情不好'
              erlangshen classify --model DIR --all --json '今天心情不好'
              erlangshen classify --model DIR --pairs $'花呗更改绑定银行卡\\t如何更换花呗绑定银行卡'
              erlangshen classify --model DIR --file reviews.txt > labels.tsv

            With --pairs each text is two, separated by a tab.

            中文:用微调过的模型给句子或句对分类;--pairs 时两句以制表符分隔。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(
        name: [.customShort("k", allowingJoined: true), .long],
        help: ArgumentHelp("Labels for each text.", valueName: "n"))
    var topK = 1

    @Flag(help: "Give all labels.")
    var all = false

    @Option(help: "How logits become scores; the model's configuration decides when left out.")
    var function: ClassificationFunction?

    @Flag(help: "Each text is a pair, separated by a tab.")
    var pairs = false

    mutating func validate() throws {
        if topK < 1 { throw ValidationError("--top-k is \(topK); it takes 1 or more") }
    }

    func run() throws {
        let pipeline = try TextClassificationPipeline(
            directory: model.directory(neededBy: "classify"), device: model.device(),
            precision: model.precision)
        try TextRun<TextClassificationResult>(
            input: text.input(for: "classify"), options: text, output: output,
            compute: { texts in
                try pipeline(
                    texts.map(input), topK: all ? nil : topK, function: function, maximumTokens: text.maxTokens)
            },
            warn: { talk, reply, place in talk.warn(reply.warnings, at: place) },
            json: { $0.json },
            lines: { reply, text, _ in
                reply.labels.map { label in
                    [NumberText.probability(label.score), label.label, text].map(\.printable).joined(separator: "\t")
                }
            }
        ).run()
    }

    private func input(_ text: String) throws -> TextClassificationInput {
        guard pairs else { return TextClassificationInput(text) }
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw CommandFailure.notAPair(tabs: parts.count - 1) }
        return TextClassificationInput(String(parts[0]), pair: String(parts[1]))
    }
}
