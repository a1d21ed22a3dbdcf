public import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
public import ErlangshenParallel
public import ErlangshenTraining

/// A pretraining run: corpora and model are opened and the plan is made when it is created, the work is done by `run`.
public final class Pretraining {
    /// What was asked for.
    public let settings: PretrainingSettings
    /// In what products are computed.
    public let precision: Precision
    /// What is going to be done.
    public let plan: PretrainingPlan
    /// How the run was started, for the model card.
    public var command: [String] = []

    private let output: String
    private let start: PretrainingStart
    private let model: TrainableModel
    private let phases: [TrainingPhase]
    private let heldOut: HeldOut
    private let schedule: LearningRateSchedule
    private let configuration: JSONObject
    /// The figures that were made last in this process, and after how many updates.
    public private(set) var lastMeasured: (figures: Measured, step: Int)?

    /// Opens what a run takes; writes nothing.
    ///
    /// `precision` is in what products are computed; that of the settings is a wish which the device may not grant.
    /// - Throws: `PretrainingError` for settings that make no sense, a corpus or a model that cannot be read.
    public convenience init(
        _ settings: PretrainingSettings, precision: Precision, device: Device
    ) throws(PretrainingError) {
        try self.init(settings, precision: precision, device: device) { start throws(PretrainingError) in
            try RunSamples(settings, vocabSize: start.config.vocabSize, tokenizer: start.tokenizer)
        }
    }

    /// Opens what a run takes; `data` makes its samples.
    init(
        _ settings: PretrainingSettings, precision: Precision, device: Device,
        data: (PretrainingStart) throws(PretrainingError) -> any SampleMaker
    ) throws(PretrainingError) {
        guard let output = settings.output else {
            throw .invalidValue(key: "output", value: "left out", expected: "the folder of the run")
        }
        guard precision != .int8 else {
            throw .invalidValue(key: "precision", value: "int8", expected: "fp32 or bf16 for training")
        }
        (self.settings, self.precision, self.output) = (settings, precision, output)
        start = try PretrainingStart(settings)
        let maker = try data(start)
        phases = try TrainingPhase.phases(settings, maker)
        let last = phases[phases.count - 1]
        let measuredOn = try maker.heldOut(window: last.window)
        heldOut = try HeldOut(measuredOn, sampleCount: settings.heldOutSampleCount)
        model = try start.model(settings, device: device, precision: precision)
        plan = try Self.plan(settings, start, model, phases, heldOut, precision)
        let stepCount = last.steps.upperBound
        schedule = try onTraining { () throws(TrainingError) in
            try LearningRateSchedule(
                settings.shapeOfSchedule, rate: settings.learningRate, warmup: settings.warmupTime,
                stepCount: stepCount)
        }
        var configuration = settings.configuration(precision: precision)
        configuration["model"] = .object(start.object)
        configuration["data"] = .array(
            try phases.map { phase throws(PretrainingError) in
                .string(try SampleDigest.hex(of: phase.mixture.parts.map(\.source)))
            })
        configuration["held_out_data"] = .string(try SampleDigest.hex(of: measuredOn))
        self.configuration = configuration
    }

    private static func plan(
        _ settings: PretrainingSettings, _ start: PretrainingStart, _ model: TrainableModel,
        _ phases: [TrainingPhase], _ heldOut: HeldOut, _ precision: Precision
    ) throws(PretrainingError) -> PretrainingPlan {
        let (parameters, config) = (model.parameters, start.config)
        let groups = try onTraining { () throws(TrainingError) in
            try ParameterGroups(parameters, rules: ParameterRules(weightDecay: settings.weightDecay))
        }
        let piece = max(settings.pieceTokenCount, phases.map(\.window).max() ?? 0)
        return PretrainingPlan(
            stretches: phases.map {
                PretrainingPlan.Stretch(
                    window: $0.window, sampleCount: $0.mixture.count,
                    tokenCount: Int($0.meanTokenCount * Double($0.mixture.count)), batchSize: $0.batchSize,
                    steps: $0.steps, stepsPerEpoch: $0.stepsPerEpoch)
            },
            parameterCount: parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }, groups: groups,
            initialised: model.initialised, heldOutTokenCount: heldOut.tokenCount,
            heldOutMaskCount: heldOut.maskCount,
            memoryEstimate: FineTuningPlan.memoryEstimate(
                parameters: parameters, groups: groups, isHalf: precision == .bf16, recomputes: settings.recomputes,
                tokenCount: piece, hiddenSize: config.hiddenSize, intermediateSize: config.intermediateSize,
                layerCount: config.numHiddenLayers))
    }

    /// Trains to the end, or to where it is asked to stop.
    ///
    /// - Parameters:
    ///   - watch: learns what happens.
    ///   - stopRequested: the signal that asks for the end, such as `RunSignals.requested`.
    ///   - now: seconds since 1970, for the event files.
    ///   - ranks: the processes that share the work, all of which call this alike; the first writes and is watched.
    ///   - shardsOptimizer: whether each rank keeps the moments of its share of the parameters alone.
    /// - Throws: `PretrainingError`. What was saved before is then intact.
    public func run(
        watch: @escaping (TrainingEvent) -> Void = { _ in }, stopRequested: @escaping () -> Int32? = { nil },
        now: @escaping () -> Double = { 0 }, ranks: any Communicator = SoloCommunicator(),
        shardsOptimizer: Bool = false
    ) throws(PretrainingError) -> TrainingOutcome {
        let subject: any TrainingSubject =
            ranks.size == 1
            ? model : RankedSubject(model, groups: plan.groups, ranks: ranks, isSharded: shardsOptimizer)
        return try onTraining { () throws(TrainingError) in
            guard ranks.isFirst else {
                return try runBeside(subject, ranks, stopRequested: stopRequested)
            }
            try FileWork.makeFolders(output)
            let store = try StateStore(
                folder: output + "/states",
                retention: try Retention(
                    keepLast: settings.keepLast, keepBest: settings.keepBest, isHigherBetter: false))
            let state = try TrainingLoop.begin(
                subject, plan.groups, store, fresh: fresh, resumes: settings.resumes, output: output, watch: watch)
            let log = try MetricsLog(
                path: output + "/metrics.jsonl", resumingAt: settings.resumes ? state.step : nil)
            let events = try EventFile(
                folder: output + "/events", resumingAt: state.step > 0 ? state.step + 1 : nil, now: now())
            let samples = try sampleLog(resumingAt: settings.resumes ? state.step : nil)
            let loop = TrainingLoop(
                subject, work: work(of: ranks, log: samples), settings: settings.loop, groups: plan.groups,
                state: state,
                store: store, log: log, events: events,
                surroundings: TrainingLoop.Surroundings(
                    measure: { [self] () throws(TrainingError) in try measure(ranks, stopRequested) },
                    keepBest: { [self] measured, step throws(TrainingError) in
                        try write("best", measured: (measured, step), step: step)
                    },
                    watch: { [self] event in
                        if case .measured(let step, let figures, _) = event { lastMeasured = (figures, step) }
                        watch(event)
                    }, stopRequested: stopRequested, now: now, attachments: PretrainedFolder.attachments(start)))
            let outcome = try loop.run()
            try write("last", measured: lastMeasured, step: loop.state.step)
            return outcome
        }
    }

    /// The part of a rank that is not the first: it writes nothing.
    private func runBeside(
        _ subject: any TrainingSubject, _ ranks: any Communicator, stopRequested: @escaping () -> Int32?
    ) throws(TrainingError) -> TrainingOutcome {
        let state = try (subject as? RankedSubject)?.begin(with: nil, groups: plan.groups, fresh: fresh)
        let loop = TrainingLoop(
            subject, work: work(of: ranks, log: nil), settings: settings.loop, groups: plan.groups,
            state: state ?? fresh, store: nil, log: nil, events: nil,
            surroundings: TrainingLoop.Surroundings(
                measure: { [self] () throws(TrainingError) in try measure(ranks, stopRequested) },
                keepBest: { _, _ in }, stopRequested: stopRequested))
        return try loop.run()
    }

    private func work(of ranks: any Communicator, log: SampleLog?) -> PretrainingWork {
        PretrainingWork(
            model, phases: phases, seed: settings.seed, pieceTokenCount: settings.pieceTokenCount,
            hasDropout: settings.hasDropout, isShuffled: settings.isShuffled, log: log, rankCount: ranks.size)
    }

    private func measure(
        _ ranks: any Communicator, _ stopRequested: () -> Int32?
    ) throws(TrainingError) -> Measured? {
        try heldOut.figures(of: model, ranks: ranks, isEnough: { stopRequested() != nil }).map(HeldOut.measured)
    }

    private func sampleLog(resumingAt step: Int?) throws(TrainingError) -> SampleLog? {
        guard let path = settings.sampleLog else { return nil }
        let longest = phases.map(\.window).max() ?? 0
        guard longest <= SampleLog.maximumWindow else {
            throw .invalidSetting(
                "sample-log", path, expected: "left out: windows of \(longest) tokens are too long for its lines")
        }
        return try SampleLog(path: path, resumingAt: step)
    }

    /// The state of a run that has done nothing.
    private var fresh: TrainingState {
        TrainingState(step: 0, seed: settings.seed, schedule: schedule, configuration: configuration)
    }

    private func write(
        _ name: String, measured: (figures: Measured, step: Int)?, step: Int
    ) throws(TrainingError) {
        let card = PretrainingCard(
            title: start.title, settings: settings, plan: plan, precision: precision, measured: measured, step: step,
            command: command)
        try PretrainedFolder(path: output + "/" + name, start: start).write(
            TrainingLoop.arrays(of: model, plan.groups).weights, card: card.text, evaluation: card.evaluation)
    }
}
