import ArgumentParser
import ErlangshenJSON
import ErlangshenPipelines

/// `erlangshen fill-mask`.
struct FillMask: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill [MASK] or ____ in texts. 填空。",
        discussion: """
            Each mask is filled on its own; --joint fills the masks of a text together, with their joint probability. \
            A blank of two or more underscores (____ or ＿＿) is filled with words of one and of several characters. \
            Both propose no special tokens and no [unused1]; filling each mask on its own leaves nothing out. \
            --whole-targets compares words of any length at one mask; without it a word that is no entry of the \
            vocabulary stands for its first token.

            EXAMPLES
              erlangshen fill-mask '桂林是世界闻名的旅游城市,它有[MASK]江。'
              erlangshen fill-mask --joint '桂林有[MASK][MASK]。'
              erlangshen fill-mask '桂林的母亲河是____。'
              erlangshen fill-mask --targets 漓,长,珠 '它有[MASK]江。'
              erlangshen fill-mask --whole-targets --targets 漓江,长江,西湖 '桂林有[MASK]。'
              erlangshen fill-mask --json --file texts.txt > answers.jsonl

            中文:给出带 [MASK] 或 ____ 的句子,列出最可能的字词及其概率。
            """)

    @OptionGroup var text: TextOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Ranking Options") var ranking: RankingOptions
    @OptionGroup(title: "Joint Filling Options") var joint: JointOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    mutating func validate() throws {
        if joint.wholeTargets, ranking.words == nil {
            throw ValidationError("--whole-targets compares the words of --targets; give them")
        }
        if joint.joint, ranking.words != nil {
            throw ValidationError("--joint proposes words itself; leave --targets out, or use --whole-targets")
        }
    }

    func run() throws {
        let pipeline = try FillMaskPipeline(
            directory: model.directory(), device: model.device(),
            precision: model.precision)
        try TextRun<FillMaskReply>(
            input: text.input(for: "fill-mask"), options: text, output: output,
            compute: { texts in try replies(texts, pipeline) },
            warn: { talk, reply, place in talk.warn(reply.warnings, at: place) },
            json: { $0.json },
            lines: { reply, _, index in (index > 0 ? [""] : []) + reply.lines }
        ).run()
    }

    private func replies(_ texts: [String], _ pipeline: FillMaskPipeline) throws -> [FillMaskReply] {
        if joint.isPlain(for: texts, maskToken: pipeline.maskToken) {
            return try pipeline(
                texts, topK: ranking.topK, targets: ranking.words, maximumTokens: text.maxTokens
            ).map(FillMaskReply.plain)
        }
        return try texts.map { try reply($0, pipeline) }
    }

    private func reply(_ input: String, _ pipeline: FillMaskPipeline) throws -> FillMaskReply {
        let isBlank = joint.isBlank(input, maskToken: pipeline.maskToken)
        // A blank has no length, so words for it are compared whole.
        if let words = ranking.words, joint.wholeTargets || isBlank {
            return .targets(
                try pipeline.compare(input, targets: words, by: joint.by, maximumTokens: text.maxTokens))
        }
        if isBlank {
            return .joint(
                try pipeline.fillBlank(
                    input, topK: ranking.topK, maximumLength: joint.maxLength, beamWidth: joint.beam, by: joint.by,
                    maximumTokens: text.maxTokens))
        }
        if joint.joint {
            return .joint(
                try pipeline.fillJointly(
                    input, topK: ranking.topK, beamWidth: joint.beam, order: joint.order, maximumTokens: text.maxTokens)
            )
        }
        return .plain(
            try pipeline(input, topK: ranking.topK, targets: ranking.words, maximumTokens: text.maxTokens))
    }
}
