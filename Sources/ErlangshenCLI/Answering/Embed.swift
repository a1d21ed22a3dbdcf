import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines

/// `erlangshen embed`.
struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn each text into a vector. 文本向量。",
        discussion: """
            One line per text, its numbers separated by tabs; with --json a list.

            EXAMPLES
              erlangshen embed --model DIR --normalize '今天天气很好。' '天气不错。'
              erlangshen embed --model DIR --pooling cls --json --file texts.txt > vectors.jsonl

            中文:把句子变成向量,可作检索与聚类;--normalize 后点积即余弦相似度。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: "The mean over all tokens, or the first one.")
    var pooling = Pooling.mean

    @Flag(help: "Divide each vector by its length.")
    var normalize = false

    func run() throws {
        let pipeline = try FeatureExtractionPipeline(
            directory: model.directory(), device: model.device(),
            precision: model.precision)
        try TextRun<TextEmbedding>(
            input: text.input(for: "embed"), options: text, output: output,
            compute: { texts in
                try pipeline.embed(
                    texts, pooling: pooling, isNormalized: normalize, maximumTokens: text.maxTokens)
            },
            warn: { talk, reply, place in talk.warn(reply.warnings, at: place) },
            json: { $0.json },
            lines: { reply, _, _ in [reply.values.map { "\($0)" }.joined(separator: "\t")] }
        ).run()
    }
}
