import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks

/// The updates of one run, one after the other; with the states, measurings and records that belong to them.
///
/// Order, dropout and learning rates are functions of the seed and of the state, so that a run that is broken off and
/// resumed gives the same bits as an unbroken one.
final class TrainingLoop {
    /// What the loop asks of those around it.
    struct Surroundings {
        /// Measures the development rows; nil when it was asked to stop before the end.
        var measure: (any TrainingSubject) throws(TrainingError) -> Measured?
        /// Keeps the weights, which are the best so far.
        var keepBest: (any TrainingSubject, Measured, Int) throws(TrainingError) -> Void
        /// Learns what happens.
        var watch: (TrainingEvent) -> Void = { _ in }
        /// The signal that asks for the end, if one does.
        var stopRequested: () -> Int32? = { nil }
        /// Seconds since 1970, for the event file alone.
        var now: () -> Double = { 0 }
    }

    let subject: any TrainingSubject
    let settings: FineTuningSettings
    let groups: ParameterGroups
    let examples: [EncodedExample]
    let store: StateStore
    let log: MetricsLog
    let events: EventFile?
    let surroundings: Surroundings
    var state: TrainingState

    private let loss: TaskLoss
    private let order: TrainingOrder
    private let keys: DropoutKeys
    private let lengths: [Int]
    private var batches: (epoch: Int, batches: [[Int]])?

    /// A loop that begins at a state; the subject has the numbers that belong to it.
    ///
    /// - Throws: `TrainingError.task` for settings that make no order.
    init(
        _ subject: any TrainingSubject, kind: TaskKind, settings: FineTuningSettings, groups: ParameterGroups,
        examples: [EncodedExample], state: TrainingState, store: StateStore, log: MetricsLog, events: EventFile?,
        surroundings: Surroundings
    ) throws(TrainingError) {
        self.subject = subject
        self.settings = settings
        self.groups = groups
        self.examples = examples
        self.state = state
        self.store = store
        self.log = log
        self.events = events
        self.surroundings = surroundings
        loss = TaskLoss(kind: kind, labelSmoothing: settings.labelSmoothing, rDrop: settings.rDrop)
        keys = DropoutKeys(seed: settings.seed)
        lengths = examples.map(\.tokenCount)
        order = try TrainingLoop.order(lengths: lengths, settings)
    }

    private static func order(
        lengths: [Int], _ settings: FineTuningSettings
    ) throws(TrainingError) -> TrainingOrder {
        try onTask { () throws(TaskError) in
            try TrainingOrder(lengths: lengths, batchSize: settings.batchSize, seed: settings.seed)
        }
    }

    /// Updates of a whole run.
    static func stepCount(exampleCount: Int, _ settings: FineTuningSettings) -> Int {
        let perEpoch = (max(1, exampleCount) - 1) / settings.batchSize + 1
        let (all, overflow) = perEpoch.multipliedReportingOverflow(by: settings.epochCount)
        return min(overflow ? .max : all, settings.maximumStepCount ?? .max)
    }

    /// Goes on to the end, or to where it is asked to stop.
    ///
    /// - Throws: `TrainingError`; the states saved before are then intact.
    func run() throws(TrainingError) -> TrainingOutcome {
        while true {
            var isSaved = false
            if isMeasuringDue, state.counters[Counter.measured] != state.step {
                try measureAndSave()
                isSaved = state.counters[Counter.measured] == state.step
            } else if isSaveDue, !isAtStart {
                try save()
                isSaved = true
            }
            if let signal = surroundings.stopRequested() {
                if !isSaved { try save() }
                return .interrupted(step: state.step, signal: signal)
            }
            if isOutOfPatience { return .stoppedEarly(step: state.step) }
            guard state.step < state.schedule.stepCount else { return .finished(step: state.step) }
            isAtStart = false
            try update()
        }
    }

    /// Whether nothing happened yet in this process: the state is that on the disk, or there is none.
    private var isAtStart = true

    /// One update: all pieces of a batch, then the optimiser.
    private func update() throws(TrainingError) {
        let batch = batch(of: state)
        let pieces = MicroBatches.split(
            batch, lengths: lengths, tokenBudget: max(1, settings.pieceTokenCount / loss.passes))
        let termCount = loss.termCount(batch.map { examples[$0].target })
        let epoch = state.epoch
        var sum = 0.0
        do throws(ModelError) {
            try subject.zeroGradients()
            try subject.beginStep(key: settings.hasDropout ? keys.step(state.step) : nil)
            for numbers in pieces {
                let piece = try MicroBatch(
                    numbers, of: examples, keys: settings.hasDropout ? keys : nil, epoch: epoch, passes: loss.passes)
                try subject.accumulate(piece.batch, keys: piece.keys) { logits in
                    let (part, gradient) = loss(logits, piece, termCount: termCount)
                    sum += part
                    return gradient
                }
            }
            try subject.endStep()
        } catch {
            throw .model(error)
        }
        let norm = try gradientNorm()
        let rate = state.schedule.rate(at: state.step)
        let verdict = try state.divergence.judge(gradientNorm: norm, step: state.step + 1)
        if verdict == .update { try optimise(rate: rate, norm: norm) }
        let tokenCount = batch.reduce(0) { $0 + lengths[$1] }
        advance(by: batch.count, tokenCount: tokenCount)
        try record(
            TrainingStep(
                step: state.step, loss: sum, gradientNorm: norm, rate: rate, tokenCount: tokenCount,
                isSkipped: verdict == .skip))
    }

    /// The examples of the next update.
    private func batch(of state: TrainingState) -> [Int] {
        if batches?.epoch != state.epoch { batches = (state.epoch, order.batches(epoch: state.epoch)) }
        return batches?.batches[state.position / settings.batchSize] ?? []
    }

    /// √Σ g² over all parameters that are trained, in the order of the model.
    private func gradientNorm() throws(TrainingError) -> Double {
        var squares = 0.0
        for (slot, setting) in groups.settings.enumerated() where !setting.isFrozen {
            squares += try onModel { () throws(ModelError) in try subject.squaredGradientNorm(slot) }
        }
        return squares.squareRoot()
    }

    private func optimise(rate: Double, norm: Double) throws(TrainingError) {
        // PyTorch's `clip_grad_norm_`, its 1e-6 included.
        let scale = settings.maximumGradientNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        // Skipped steps do not count for the correction of the moments: nothing went into them.
        let count = state.step + 1 - state.divergence.skippedCount
        for (slot, setting) in groups.settings.enumerated() where !setting.isFrozen {
            let step = AdamWStep(
                learningRate: rate * setting.rateFactor, beta1: settings.beta1, beta2: settings.beta2,
                eps: settings.epsilon, weightDecay: setting.weightDecay,
                biasCorrection1: 1 - Self.power(settings.beta1, count),
                biasCorrection2: 1 - Self.power(settings.beta2, count), gradientScale: scale)
            try onModel { () throws(ModelError) in try subject.update(slot, step) }
        }
        try onModel { () throws(ModelError) in try subject.repack() }
    }

    /// β^n by squaring: no power function of a C library, the same bits everywhere.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }

    private func advance(by count: Int, tokenCount: Int) {
        state.step += 1
        state.position += count
        state.metric = nil
        state.counters[Counter.tokens, default: 0] += tokenCount
        if state.position >= examples.count { (state.epoch, state.position) = (state.epoch + 1, 0) }
    }
}

/// Names of what a state counts.
enum Counter {
    /// Tokens that updates were made of.
    static let tokens = "tokens"
    /// The step that was measured last.
    static let measured = "measured_step"
    /// Measurings in a row that were no better than the best.
    static let worse = "measurings_without_improvement"
}

/// Runs task code inside training code, keeping errors typed.
func onTask<Result>(_ body: () throws(TaskError) -> Result) throws(TrainingError) -> Result {
    do { return try body() } catch { throw .task(error) }
}
