public import ErlangshenMasking
import ErlangshenTraining

/// All that a pretraining run is told; the defaults are those of the recipe that made Erlangshen, where it is known.
///
/// Every property but the nested ones has a key of the same meaning in a configuration file: `SettingKey.all`.
public struct PretrainingSettings: Sendable, Equatable {
    /// How many samples an update has.
    public enum Batch: Sendable, Equatable {
        /// So many windows of the first stretch; later ones have as many tokens.
        case samples(Int)
        /// So many samples that they have this number of tokens, on the average.
        case tokens(Int)
    }

    /// What is learnt from, and how often each of its samples comes in an epoch.
    public struct Source: Sendable, Equatable {
        /// Where it stands.
        public var path: String
        /// 1 for once an epoch.
        public var weight = 1.0
    }

    /// A stretch of the run with windows of one length.
    public struct WindowChange: Sendable, Equatable {
        /// Tokens of a window, special ones included.
        public var window: Int
        /// The part of the run after which it begins, from 0 to below 1.
        public var start: Double
    }

    /// A model folder to go on from.
    public var model: String?
    /// A config.json of the model to begin anew.
    public var modelConfig: String?
    /// A built-in shape of the model to begin anew.
    public var preset: String?
    /// Keys of config.json that are other than the file or the built-in shape has them.
    public var shape: [String: String] = [:]
    /// The vocabulary of a model that begins anew.
    public var vocabulary: String?

    /// What is learnt from: prefixes of corpora.
    public var corpora: [Source] = []
    /// What is learnt from besides: files of sequences whose masks are in already.
    public var samples: [Source] = []
    /// Prefixes and files that the run is measured on.
    public var heldOut: [String] = []
    /// Without those the part of each file, and of each corpus whose build held out nothing, from its end, that the run
    /// is measured on instead of learning from it.
    public var heldOutShare = 0.005
    /// How words of corpora are masked.
    public var masking = MaskingSettings()
    /// Whether short windows of corpora are put together into one sample.
    public var packs = false
    /// Samples of a corpus or file that are measured at the most.
    public var heldOutSampleCount = 1_000
    /// Tokens of a window at the beginning.
    public var window = 512
    /// Later stretches with other windows.
    public var later: [WindowChange] = []

    /// The folder of the run.
    public var output: String?
    /// Of the order of samples, masks, dropout and fresh weights.
    public var seed: UInt64 = 42
    /// In what products are computed: `fp32`, `bf16` or `auto`.
    public var precision = "fp32"
    /// Threads to compute with; nil for all cores.
    public var threadCount: Int?
    /// Whether layers keep their inputs alone and compute the rest again.
    public var recomputes = false
    /// Whether the dropout of the model's configuration is applied.
    public var hasDropout = true

    /// The learning rate when warm.
    public var learningRate = 1e-4
    /// The name of what the learning rate does then.
    public var schedule = "polynomial"
    /// Where `polynomial` ends.
    public var endRate = 1e-7
    /// Part of the updates, below 1, or updates in which the rate rises.
    public var warmup = 0.01
    /// AdamW's decay of the running mean of gradients.
    public var beta1 = 0.9
    /// AdamW's decay of the running mean of squared gradients.
    public var beta2 = 0.999
    /// AdamW's ε.
    public var epsilon = 1e-8
    /// Weight decay of all but biases and LayerNorms.
    public var weightDecay = 0.1
    /// The norm that larger gradients are scaled down to; 0 for none.
    public var clip = 1.0

    /// Samples of an update.
    public var batch = Batch.samples(256)
    /// Tokens that go through the model together.
    public var pieceTokenCount = 1_024
    /// Passes over the corpora after which the run ends.
    public var epochs: Double?
    /// Updates after which the run ends.
    public var maximumStepCount: Int?
    /// Tokens after which the run ends.
    public var maximumTokenCount: Int?

    /// Updates between two measurings.
    public var evaluationStepCount = 1_000
    /// Updates between two saves, beside each measuring; nil for those alone.
    public var saveStepCount: Int?
    /// Saved states that stay: the newest.
    public var keepLast = 2
    /// Saved states that stay: the best.
    public var keepBest = 1
    /// A file that gets the sequences of every update.
    public var sampleLog: String?
    /// Whether the run goes on from the newest valid state.
    public var resumes = false

    /// The default settings.
    public init() {}

    /// All stretches, the first among them.
    var windows: [WindowChange] { [WindowChange(window: window, start: 0)] + later }

    /// What the learning rate does after warm-up.
    var shapeOfSchedule: LearningRateSchedule.Shape {
        switch schedule {
        case "constant": .constant
        case "constant_with_warmup": .constantWithWarmup
        case "linear": .linear
        case "cosine": .cosine(cycles: 0.5)
        case "inverse_sqrt": .inverseSqrt(timescale: nil)
        default: .polynomial(power: 1, end: endRate)
        }
    }

    static let scheduleNames = ["constant", "constant_with_warmup", "linear", "cosine", "polynomial", "inverse_sqrt"]
    static let precisionNames = ["fp32", "bf16", "auto"]

    /// How long the learning rate rises; a constant one does not.
    var warmupTime: Warmup {
        if schedule == "constant" { return .steps(0) }
        return warmup < 1 ? .ratio(warmup) : .steps(Int(warmup))
    }

    /// What the loop is told.
    var loop: LoopSettings {
        var loop = LoopSettings()
        loop.maximumGradientNorm = clip == 0 ? nil : clip
        (loop.beta1, loop.beta2, loop.epsilon) = (beta1, beta2, epsilon)
        (loop.evaluation, loop.saveStepCount) = (.everySteps(evaluationStepCount), saveStepCount)
        return loop
    }
}
