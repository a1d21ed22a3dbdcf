import ArgumentParser
import ErlangshenJSON
import ErlangshenMasking
import ErlangshenSegmentation
import ErlangshenTokenizer

/// `erlangshen mask`.
struct Mask: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what pretraining would mask in texts, and why. 整词掩码预览。",
        discussion: """
            First a line of figures, then the words, masked ones as {word=what the model sees}, then a row for each
            masked token: place, token, what stands there, mask, keep or random, word. Only vocab.txt, the tokenizer's
            configuration and jieba's dictionary are read.

            EXAMPLES
              erlangshen mask '桂林是世界闻名的旅游城市,它有漓江。'
              erlangshen mask --epoch 3 --seed 7 --file corpus.txt | less -R
              erlangshen mask --geometric 0.2 --longest-run 10 '桂林山水甲天下'
              erlangshen mask --masking fengshen --model DIR --json '生活的真谛是爱。'

            中文:列出预训练会遮盖哪些词、每个词元变成什么;--masking fengshen 与原始实现逐位一致。
            """)

    @Argument(help: "Texts; without any, each line of --file or of standard input is a text.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Read texts from a UTF-8 file, one a line; - is standard input.", valueName: "path"),
        completion: .file())
    var file: [String] = []

    @OptionGroup(title: "Masking Options") var masking: MaskingOptions
    @OptionGroup(title: "Model Options") var model: ModelOptions
    @OptionGroup(title: "Output Options") var output: OutputOptions

    @Option(help: "Colours: auto (on a terminal), always or never.")
    var color = ColorChoice.auto

    /// Lines that are read before their masks are written.
    private static let batch = 64

    func run() throws {
        let talk = Talk(isQuiet: output.quiet)
        let tokenizer = try BertTokenizer(
            directory: model.folder(
                talk, remark: "these are the tokens of the built-in demonstration vocabulary; give one with --model DIR"
            ))
        let preview = try MaskPreview(tokenizer: tokenizer, options: masking)
        let (input, standardOutput) = (TextInput(command: "mask", texts: texts, files: file), StandardOutput())
        let style = Style.chosen(color, isJSON: output.json)
        var replies: [JSONValue] = []
        var count = 0
        try input.forEachBatch(Self.batch, progress: Progress(isQuiet: output.quiet)) { items in
            for item in items {
                let windows = try preview.windows(of: item.text)
                let reply = JSONValue.array(windows.map(\.json))
                if output.json, input.isLines {
                    try standardOutput.line(reply.serialized())
                } else if output.json {
                    replies.append(reply)
                } else {
                    for line in lines(windows, item.place, style) { try standardOutput.line(line) }
                }
                count += 1
            }
            try standardOutput.flush()
        }
        if output.json, !input.isLines {
            try standardOutput.line((replies.count == 1 ? replies[0] : .array(replies)).serialized())
        }
        try standardOutput.flush()
        if count == 0 { talk.once("note: no text in \(input.origin), so there is no answer") }
    }

    private func lines(_ windows: [MaskedWindow], _ place: String, _ style: Style) -> [String] {
        if windows.isEmpty { return [style.dim("# \(place): no tokens")] }
        return windows.enumerated().flatMap { index, window in
            let part = windows.count == 1 ? place : "\(place), window \(index + 1) of \(windows.count)"
            return [style.dim("# \(part): \(window.figures)"), window.text(style)] + window.rows(style)
        }
    }
}
