public import ErlangshenCompute
public import ErlangshenTasks

/// All that a fine-tuning run is told.
public struct FineTuningRequest: Sendable {
    /// The task.
    public var task: TaskDescription
    /// Files to learn from.
    public var trainPaths: [String]
    /// Files to measure on.
    public var devPaths: [String]
    /// The model to begin with.
    public var source: ModelSource
    /// The folder of the run: the best model, its card, records and states.
    public var output: String
    /// How it is trained.
    public var settings = FineTuningSettings()
    /// In what products are computed: fp32 or bf16; parameters and sums are float32 in any case.
    public var precision = Precision.fp32
    /// Whether layers keep their inputs alone and compute the rest again: less memory, a third more work, the same bits.
    public var recomputes = false
    /// States that stay: the newest so many.
    public var keepLast = 2
    /// States that stay: the best so many.
    public var keepBest = 1
    /// What happens to rows with a defect.
    public var policy = DataPolicy()
    /// How the run was started, for the model card.
    public var command: [String] = []

    /// A run with default settings.
    public init(
        task: TaskDescription, trainPaths: [String], devPaths: [String], source: ModelSource, output: String
    ) {
        self.task = task
        self.trainPaths = trainPaths
        self.devPaths = devPaths
        self.source = source
        self.output = output
    }
}
