import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines

/// `erlangshen tag`.
struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find names, places and other entities with a fine-tuned model. 命名实体识别。",
        discussion: """
            EXAMPLES
              erlangshen tag --model DIR '浙商银行企业信贷部叶老桂博士'
              erlangshen tag --model DIR --aggregation none --json '浙商银行'

            Columns: score, entity, start, end (in characters), text.

            中文:找出句子中的人名、地名、机构名等实体。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: "How tokens become entities.")
    var aggregation = AggregationStrategy.simple

    @Option(help: ArgumentHelp("A tag or kind of entity to leave out; may be repeated.", valueName: "label"))
    var ignore: [String] = ["O"]

    func run() throws {
        let pipeline = try TokenClassificationPipeline(
            directory: model.directory(neededBy: "tag"), device: model.device(),
            precision: model.precision)
        try TextRun<TokenClassificationResult>(
            input: text.input(for: "tag"), options: text, output: output,
            compute: { texts in
                try pipeline(
                    texts, aggregation: aggregation, ignoring: Set(ignore), maximumTokens: text.maxTokens)
            },
            warn: { talk, reply, place in talk.warn(reply.warnings, at: place) },
            json: { $0.json },
            lines: { reply, _, index in
                (index > 0 ? [""] : [])
                    + reply.entities.map { entity in
                        [
                            NumberText.probability(entity.score), entity.label, "\(entity.range.lowerBound)",
                            "\(entity.range.upperBound)", entity.text,
                        ].map(\.printable).joined(separator: "\t")
                    }
            }
        ).run()
    }
}
