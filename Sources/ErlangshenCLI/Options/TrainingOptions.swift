import ArgumentParser
import ErlangshenModel
import ErlangshenTasks
import ErlangshenTraining

/// How a model is fine-tuned.
struct TrainingOptions: ParsableArguments {
    private static let defaults = FineTuningSettings()

    @Option(name: [.customLong("lr"), .customLong("learning-rate")], help: "The learning rate when warm.")
    var learningRate = defaults.learningRate

    @Option(help: ArgumentHelp("Passes over the training rows.", valueName: "n"))
    var epochs = defaults.epochCount

    @Option(help: ArgumentHelp("End after so many updates, if the epochs are not over before.", valueName: "n"))
    var maxSteps: Int?

    @Option(help: ArgumentHelp("Rows of an update.", valueName: "n"))
    var batch = defaults.batchSize

    @Option(help: ArgumentHelp("Tokens of a sequence; the task's own when left out.", valueName: "n"))
    var maxLength: Int?

    @Option(help: "What happens to a row with more tokens.")
    var overlong = DataPolicy.Overlong.truncate

    @Option(
        help: ArgumentHelp(
            "Tokens that go through the model together; a batch is cut into pieces and its gradients added up.",
            valueName: "n"))
    var pieceTokens = defaults.pieceTokenCount

    @Option(help: ArgumentHelp("Part of the updates (below 1) or updates in which the rate rises.", valueName: "n"))
    var warmup: Double?

    @Option(help: ArgumentHelp("What the learning rate does then.", discussion: Self.scheduleNames))
    var schedule = "linear"

    @Option(help: "Weight decay of all but biases and LayerNorms.")
    var weightDecay = defaults.rules.weightDecay

    @Option(help: "The norm that larger gradients are scaled down to; 0 for none.")
    var clip = 1.0

    @Option(help: "The learning rate is multiplied by this once for every layer below the head.")
    var layerDecay = 1.0

    @Option(help: ArgumentHelp("Layers from the bottom that are not trained; the embeddings neither.", valueName: "n"))
    var freezeLayers = 0

    @Flag(help: "Do not train the embeddings.")
    var freezeEmbeddings = false

    @Option(
        help: ArgumentHelp(
            "Learn updates of this rank (LoRA), the encoder itself staying as it is; they are merged in the output.",
            valueName: "r"))
    var loraRank: Int?

    @Option(help: "Updates of LoRA count times alpha/rank; the rank when left out.")
    var loraAlpha: Double?

    @Option(help: "Dropout in front of the updates of LoRA.")
    var loraDropout = 0.0

    @Option(
        help: ArgumentHelp(
            "What has updates of LoRA, with commas: query, key, value, attention, intermediate, output.",
            valueName: "names"))
    var loraTargets = "query,value"

    @Option(help: "Share of the right label that is spread over all labels.")
    var labelSmoothing = 0.0

    @Option(name: .customLong("r-drop"), help: "Weight of R-Drop; each row then goes through twice. 0 for none.")
    var rDrop = 0.0

    @Option(
        help: ArgumentHelp(
            "Length by which FGM moves the word embeddings along their gradient, for a second pass; 0 for none.",
            valueName: "epsilon"))
    var fgm = 0.0

    @Flag(help: "Leave out the dropout of the model's configuration.")
    var noDropout = false

    @Flag(help: "Keep less for the way back and compute it again: less memory, more time, the same bits.")
    var recompute = false

    @Option(help: ArgumentHelp("Measure every so many updates; after each epoch when left out.", valueName: "n"))
    var evalEvery: Int?

    @Option(help: ArgumentHelp("Save also every so many updates, beside each measuring.", valueName: "n"))
    var saveEvery: Int?

    @Option(help: ArgumentHelp("End after so many measurings without improvement.", valueName: "n"))
    var patience: Int?

    @Option(help: ArgumentHelp("Saved states that stay: the newest.", valueName: "n"))
    var keepLast = 2

    @Option(help: ArgumentHelp("Saved states that stay: the best.", valueName: "n"))
    var keepBest = 1

    private static let shapes: [(name: String, shape: LearningRateSchedule.Shape)] = [
        ("constant", .constant), ("constant_with_warmup", .constantWithWarmup), ("linear", .linear),
        ("cosine", .cosine(cycles: 0.5)), ("cosine_with_restarts", .cosineWithRestarts(cycles: 1)),
        ("polynomial", .polynomial(power: 1, end: 1e-7)), ("inverse_sqrt", .inverseSqrt(timescale: nil)),
    ]
    private static let scheduleNames = shapes.map(\.name).joined(separator: ", ") + "; those of transformers."

    func validate() throws {
        guard Self.shapes.contains(where: { $0.name == schedule }) else {
            throw ValidationError("--schedule is \(schedule.printable); it takes \(Self.scheduleNames)")
        }
        if let warmup, !(warmup >= 0 && (warmup < 1 || warmup == warmup.rounded()) && warmup < 1e12) {
            throw ValidationError("--warmup is \(warmup); it takes a part below 1, or a whole number of updates")
        }
        guard loraRank != nil || (loraAlpha == nil && loraDropout == 0 && loraTargets == "query,value") else {
            throw ValidationError("LoRA has options and no rank; give --lora-rank too")
        }
        for name in loraNames where LowRankSettings.Target(rawValue: name) == nil {
            let known = LowRankSettings.Target.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--lora-targets has \(name.printable); it takes \(known)")
        }
        guard clip >= 0 else { throw ValidationError("--clip is \(clip); it takes 0 or more") }
    }

    private var loraNames: [String] {
        loraTargets.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// The settings that these options make; what is out of range is refused where it is used.
    func settings(seed: UInt64) -> FineTuningSettings {
        var settings = FineTuningSettings()
        settings.learningRate = learningRate
        (settings.epochCount, settings.maximumStepCount, settings.batchSize) = (epochs, maxSteps, batch)
        (settings.maximumTokenCount, settings.pieceTokenCount) = (maxLength, pieceTokens)
        settings.schedule = Self.shapes.first { $0.name == schedule }?.shape ?? .linear
        let usual = settings.schedule == .constant ? 0 : 0.1
        let rise = warmup ?? usual
        settings.warmup = rise < 1 ? .ratio(rise) : .steps(Int(rise))
        settings.rules = ParameterRules(weightDecay: weightDecay)
        settings.rules.layerDecay = layerDecay
        settings.rules.frozenLayerCount = freezeLayers
        settings.rules.freezesEmbeddings = freezeEmbeddings || freezeLayers > 0
        settings.maximumGradientNorm = clip == 0 ? nil : clip
        (settings.labelSmoothing, settings.rDrop, settings.hasDropout) = (labelSmoothing, rDrop, !noDropout)
        settings.adversarialLength = fgm
        settings.lowRank = loraRank.map { rank in
            LowRankSettings(
                rank: rank, alpha: loraAlpha, dropout: loraDropout,
                targets: Set(loraNames.compactMap(LowRankSettings.Target.init)))
        }
        settings.evaluation = evalEvery.map { .everySteps($0) } ?? .everyEpoch
        (settings.saveStepCount, settings.patience, settings.seed) = (saveEvery, patience, seed)
        return settings
    }
}
