import ErlangshenCompute
import ErlangshenModel

/// The updates of one run, one after the other; with the states, measurings and records that belong to them.
///
/// What the updates are made of is the `UpdateWork`'s. Order, dropout and learning rates are functions of the seed and of
/// the state, so that a run that is broken off and resumed gives the same bits as an unbroken one. When the subject is a
/// `RankedSubject`, each rank runs the same loop over its own pieces.
package final class TrainingLoop {
    /// What the loop asks of those around it.
    package struct Surroundings {
        /// Measures the model; nil when it was asked to stop before the end.
        package var measure: () throws(TrainingError) -> Measured?
        /// Keeps the weights, which are the best so far, after so many updates.
        package var keepBest: (Measured, Int) throws(TrainingError) -> Void
        /// Learns what happens.
        package var watch: (TrainingEvent) -> Void
        /// The signal that asks for the end, if one does.
        package var stopRequested: () -> Int32?
        /// Seconds since 1970, for the event file alone.
        package var now: () -> Double
        /// Small files that every saved state gets, by their names.
        package var attachments: [String: [UInt8]]

        /// Surroundings of a run; nobody watches or stops it unless told.
        package init(
            measure: @escaping () throws(TrainingError) -> Measured?,
            keepBest: @escaping (Measured, Int) throws(TrainingError) -> Void,
            watch: @escaping (TrainingEvent) -> Void = { _ in }, stopRequested: @escaping () -> Int32? = { nil },
            now: @escaping () -> Double = { 0 }, attachments: [String: [UInt8]] = [:]
        ) {
            (self.measure, self.keepBest, self.watch) = (measure, keepBest, watch)
            (self.stopRequested, self.now, self.attachments) = (stopRequested, now, attachments)
        }
    }

    let subject: any TrainingSubject
    let work: any UpdateWork
    let settings: LoopSettings
    let groups: ParameterGroups
    /// nil on ranks that write nothing, as `log` and `events`.
    let store: StateStore?
    let log: MetricsLog?
    let events: EventFile?
    let surroundings: Surroundings
    package internal(set) var state: TrainingState

    /// A loop that begins at a state; the subject has the numbers that belong to it.
    package init(
        _ subject: any TrainingSubject, work: any UpdateWork, settings: LoopSettings, groups: ParameterGroups,
        state: TrainingState, store: StateStore?, log: MetricsLog?, events: EventFile?, surroundings: Surroundings
    ) {
        self.subject = subject
        self.work = work
        self.settings = settings
        self.groups = groups
        self.state = state
        self.store = store
        self.log = log
        self.events = events
        self.surroundings = surroundings
    }

    /// Goes on to the end, or to where it is asked to stop.
    ///
    /// - Throws: `TrainingError`; the states saved before are then intact.
    package func run() throws(TrainingError) -> TrainingOutcome {
        do throws(TrainingError) {
            return try goOn()
        } catch {
            // What broke first is what is told: all that follows from a broken connection looks like a fault of the model.
            if let failure = ranked?.failure { throw .ranks(failure) }
            throw error
        }
    }

    /// The subject of a run on several ranks.
    var ranked: RankedSubject? { subject as? RankedSubject }

    private func goOn() throws(TrainingError) -> TrainingOutcome {
        while true {
            var isSaved = false
            if isMeasuringDue, state.counters[Counter.measured] != state.step {
                try measureAndSave()
                isSaved = state.counters[Counter.measured] == state.step
            } else if isSaveDue, !isAtStart {
                try save()
                isSaved = true
            }
            if let signal = try stopRequested() {
                if !isSaved { try save() }
                return .interrupted(step: state.step, signal: signal)
            }
            if isOutOfPatience { return .stoppedEarly(step: state.step) }
            guard state.step < state.schedule.stepCount else { return .finished(step: state.step) }
            isAtStart = false
            try update()
        }
    }

    /// The signal that asks for the end, on this rank or another one.
    private func stopRequested() throws(TrainingError) -> Int32? {
        let own = surroundings.stopRequested()
        guard let ranked else { return own }
        return try ranked.agreed(own)
    }

    /// Whether nothing happened yet in this process: the state is that on the disk, or there is none.
    private var isAtStart = true

    /// One update: the gradients of a batch, then the optimiser.
    private func update() throws(TrainingError) {
        let batch = try work.batch(
            of: state.step, at: DataPlace(epoch: state.epoch, position: state.position))
        let pass = GradientPass(
            subject: subject, key: work.stepKey(state.step), adversarialLength: settings.adversarialLength)
        let loss = try pass.run(batch)
        let norm = try gradientNorm()
        let rate = state.schedule.rate(at: state.step)
        let verdict = try state.divergence.judge(gradientNorm: norm, step: state.step + 1)
        if verdict == .update { try optimise(rate: rate, norm: norm) }
        advance(to: batch.next, tokenCount: batch.tokenCount)
        try record(
            TrainingStep(
                step: state.step, loss: loss, gradientNorm: norm, rate: rate, tokenCount: batch.tokenCount,
                isSkipped: verdict == .skip))
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

    private func advance(to place: DataPlace, tokenCount: Int) {
        state.step += 1
        (state.epoch, state.position) = (place.epoch, place.position)
        state.metric = nil
        state.counters[Counter.tokens, default: 0] += tokenCount
    }
}

/// Names of what a state counts.
package enum Counter {
    /// Tokens that updates were made of.
    package static let tokens = "tokens"
    /// The step that was measured last.
    static let measured = "measured_step"
    /// Measurings in a row that were no better than the best.
    static let worse = "measurings_without_improvement"
}
