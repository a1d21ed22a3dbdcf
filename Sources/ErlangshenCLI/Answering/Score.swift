import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines

/// `erlangshen score`.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score how natural texts are, and show the odd characters. 通顺度与错字。",
        discussion: """
            Each token is masked once; the pseudo-perplexity is 1 for a text that the model would have written itself \
            and grows as it gets stranger. A character is odd when the model would rather have read another one, at \
            least --ratio times as likely. The model runs once for each token of a text.

            EXAMPLES
              erlangshen score '今天天气很好。' '今天天汽很好。'
              erlangshen score --json --file drafts.txt | jq .pseudo_perplexity

            Columns: pseudo-perplexity, text; then for each odd character: place, character, its probability, the \
            model's own choice and the probability of that.

            中文:困惑度越低越通顺;模型觉得可疑的字标红,并给出它认为更合适的字。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: ArgumentHelp("How many times likelier the model's own choice must be.", valueName: "x"))
    var ratio = TextScore.oddRatio

    mutating func validate() throws {
        if !(ratio > 1 && ratio.isFinite) { throw ValidationError("--ratio is \(ratio); it takes a number above 1") }
    }

    func run() throws {
        let pipeline = try FillMaskPipeline(
            directory: model.directory(), device: model.device(),
            precision: model.precision)
        let style = Style.standard(isJSON: output.json)
        try TextRun<TextScore>(
            input: text.input(for: "score"), options: text, output: output,
            compute: { texts in try texts.map { try pipeline.score($0, maximumTokens: text.maxTokens) } },
            warn: { talk, reply, place in talk.warn(reply.warnings, at: place) },
            json: { $0.json },
            lines: { reply, text, _ in lines(reply, text, style) }
        ).run()
    }

    private func lines(_ score: TextScore, _ text: String, _ style: Style) -> [String] {
        let odd = score.oddTokens(ratio: ratio)
        let bytes = Array(text.utf8)
        var shown = ""
        var start = 0
        for token in odd where token.utf8Range.lowerBound >= start {
            shown += String(decoding: bytes[start..<token.utf8Range.lowerBound], as: UTF8.self).printable
            shown += style.red(token.text.printable)
            start = token.utf8Range.upperBound
        }
        shown += String(decoding: bytes[start...], as: UTF8.self).printable
        let details = odd.map { token in
            [
                "", "\(token.range.lowerBound)", style.red(token.text.printable),
                NumberText.probability(token.probability), style.yellow(token.favouriteText.printable),
                NumberText.probability(token.favouriteProbability),
            ].joined(separator: "\t")
        }
        return [NumberText.fixed(score.pseudoPerplexity, 2) + "\t" + shown] + details
    }
}
