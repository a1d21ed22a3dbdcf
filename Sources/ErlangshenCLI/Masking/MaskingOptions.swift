public import ArgumentParser
public import ErlangshenMasking

extension MaskingSettings.Decision: ExpressibleByArgument {}

/// Which way of masking.
enum MaskingKind: String, CaseIterable, ExpressibleByArgument {
    case wholeWord = "whole-word"
    case fengshen
}

/// How texts are masked.
struct MaskingOptions: ParsableArguments {
    @Option(help: "whole-word, or fengshen: bit for bit the original recipe, with its defects.")
    var masking = MaskingKind.wholeWord

    @Option(help: ArgumentHelp("The seed of all masks.", valueName: "n"))
    var seed: UInt64 = 42

    @Option(help: ArgumentHelp("The epoch, from 0: each has masks of its own (whole-word).", valueName: "n"))
    var epoch: Int?

    @Option(help: ArgumentHelp("The share of tokens that is masked.", valueName: "share"))
    var rate = 0.15

    @Option(
        help: ArgumentHelp(
            "What becomes of masked tokens: shares of [MASK], kept and random ones; 0.8,0.1,0.1 when left out.",
            valueName: "a,b,c"))
    var shares: String?

    @Option(
        help: ArgumentHelp(
            "Weights of runs of 1, 2, 3, … words that are masked together; 1,0.5,0.333… when left out.",
            valueName: "a,b,…"))
    var runWeights: String?

    @Option(
        help: ArgumentHelp("Geometric run lengths with this p instead, as SpanBERT has them (0.2).", valueName: "p"))
    var geometric: Double?

    @Option(help: ArgumentHelp("The longest run of --geometric; 10 when left out.", valueName: "n"))
    var longestRun: Int?

    @Option(help: "Whether mask, keep or random is drawn for each token or for each word; token when left out.")
    var decide: MaskingSettings.Decision?

    @Option(help: ArgumentHelp("The most tokens of a sequence, [CLS] and [SEP] counted.", valueName: "n"))
    var window = 512

    @Option(
        help: ArgumentHelp(
            "The original's list of ids that random tokens are drawn from, one a line (fengshen); 0, 1, 2, … when left "
                + "out.", valueName: "path"), completion: .file())
    var tokenOrder: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the package jieba; else ERLANGSHEN_JIEBA, else where it is installed.", valueName: "dir"),
        completion: .directory)
    var jieba: String?

    mutating func validate() throws {
        let given = [
            ("--epoch", epoch != nil), ("--shares", shares != nil), ("--run-weights", runWeights != nil),
            ("--geometric", geometric != nil), ("--longest-run", longestRun != nil), ("--decide", decide != nil),
        ]
        if masking == .fengshen, let (name, _) = given.first(where: \.1) {
            throw ValidationError("\(name) belongs to --masking whole-word; the original has it fixed")
        }
        if masking == .fengshen, seed > UInt64(UInt32.max) {
            throw ValidationError("--seed is \(seed); numpy's generator takes a number from 0 to \(UInt32.max)")
        }
        if masking == .wholeWord, tokenOrder != nil {
            throw ValidationError("--token-order belongs to --masking fengshen")
        }
        if let epoch, UInt32(exactly: epoch) == nil {
            throw ValidationError("--epoch is \(epoch); it takes a number from 0 to \(UInt32.max)")
        }
        if runWeights != nil, geometric != nil {
            throw ValidationError("--run-weights and --geometric both say how long runs are; use one of them")
        }
        if longestRun != nil, geometric == nil {
            throw ValidationError("--longest-run belongs to --geometric; --run-weights has as many numbers as words")
        }
    }

    /// What the options say, for the whole-word masking.
    func settings() throws -> MaskingSettings {
        var settings = MaskingSettings()
        settings.rate = rate
        if let shares {
            let numbers = try Self.numbers(shares, "--shares")
            guard numbers.count == 3 else {
                throw ValidationError("--shares has \(numbers.count) numbers; it takes three, such as 0.8,0.1,0.1")
            }
            (settings.maskShare, settings.keepShare, settings.randomShare) = (numbers[0], numbers[1], numbers[2])
        }
        if let runWeights { settings.runWeights = try Self.numbers(runWeights, "--run-weights") }
        if let geometric {
            settings.runWeights = try MaskingSettings.geometricWeights(
                probability: geometric, maximum: longestRun ?? 10)
        }
        if let decide { settings.decision = decide }
        return settings
    }

    /// What the options say, for the original's masking.
    func fengshenSettings() throws -> FengshenSettings {
        var settings = FengshenSettings()
        settings.rate = rate
        settings.maximumLength = window
        guard let tokenOrder else { return settings }
        var order: [Int32] = []
        let input = TextInput(command: "mask", texts: [], files: [tokenOrder])
        try input.forEachBatch(4_096, progress: Progress(isQuiet: true)) { items in
            for item in items {
                guard let id = Int32(item.text) else {
                    throw CommandFailure.badText(
                        place: item.place, reason: "'\(item.text.printable)' is no id", status: .badData)
                }
                order.append(id)
            }
        }
        settings.tokenOrder = order
        return settings
    }

    private static func numbers(_ text: String, _ name: String) throws -> [Double] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Double(part) else {
                throw ValidationError("\(name) has '\(part)'; it takes numbers with commas between them")
            }
            return number
        }
    }
}
