public import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
public import ErlangshenParallel
import ErlangshenTasks
import ErlangshenTokenizer

/// A fine-tuning run: data and model are loaded and the plan is made when it is created, the work is done by `run`.
public final class FineTuning {
    /// What was asked for.
    public let request: FineTuningRequest
    /// What is going to be done.
    public let plan: FineTuningPlan
    private let model: any ExampleSubject & RankableSubject
    private let training: [EncodedExample]
    private let dev: TaskRows
    private let folder: TrainedFolder
    private let modelType: ModelType
    private let schedule: LearningRateSchedule
    private let configuration: JSONObject
    /// The figures that were made last, for the card.
    private var evaluation: Evaluation?

    /// Tokens that go through the model together when it is measured.
    private static let measuringTokenCount = 2_048

    /// Loads data and model; writes nothing.
    ///
    /// - Throws: `TrainingError` for settings that make no sense, rows that stop the policy, a model that does not load.
    public init(_ request: FineTuningRequest, device: Device) throws(TrainingError) {
        self.request = request
        let (task, settings) = (request.task, request.settings)
        try settings.check(for: task.kind)
        if case .folder(let folder) = request.source, Self.plain(folder) == Self.plain(request.output) {
            throw .invalidSetting("output", "the model's own folder", expected: "another one: it would be overwritten")
        }
        guard request.precision != .int8 else {
            throw .invalidSetting("precision", "int8", expected: "fp32 or bf16 for training")
        }
        let (configPath, config) = try Self.configuration(of: request.source)
        let tokenizer = try request.source.tokenizer()
        guard tokenizer.vocabulary.count <= config.vocabSize else {
            throw .invalidFile(
                path: configPath,
                reason: "vocab_size is \(config.vocabSize), and the vocabulary has \(tokenizer.vocabulary.count) words")
        }
        let labels = try TaskLabels(learning: task, paths: request.trainPaths)
        let data = try Self.training(request, labels, tokenizer)
        training = data.examples
        dev = try TaskRows(
            request.devPaths, of: task, role: .evaluation, labels: labels, tokenizer: tokenizer,
            maximumTokenCount: settings.maximumTokenCount, policy: request.policy)
        modelType = config.modelType
        let network = try Self.model(request, config, outputCount: labels.outputCount(of: task.kind), device)
        model = network.subject
        folder = try TrainedFolder(
            path: request.output, source: request.source, modelType: config.modelType, kind: task.kind, labels: labels)
        plan = try Self.plan(request, config, network, data, dev)
        schedule = try LearningRateSchedule(
            settings.schedule, rate: settings.learningRate, warmup: settings.warmup, stepCount: plan.stepCount)
        var configuration = settings.json
        configuration["task"] = .string(task.name)
        configuration["precision"] = .string(request.precision.rawValue)
        configuration["train"] = .string(ExampleDigest.hex(of: data.examples))
        configuration["dev"] = .string(ExampleDigest.hex(of: dev.data.examples))
        configuration["labels"] = labels.outputs?.id2label ?? .null
        self.configuration = configuration
    }

    /// A path without slashes at its end.
    private static func plain(_ path: String) -> Substring {
        var rest = path[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        return rest
    }

    /// Trains to the end, or to where it is asked to stop.
    ///
    /// - Parameters:
    ///   - resumes: whether it goes on from the newest valid state, or from the start when nothing was saved yet.
    ///   - watch: learns what happens.
    ///   - stopRequested: the signal that asks for the end, such as `RunSignals.requested`.
    ///   - now: seconds since 1970, for the event files.
    ///   - ranks: the processes that share the work, all of which call this alike; the first writes and is watched.
    ///   - shardsOptimizer: whether each rank keeps the moments of its share of the parameters alone.
    /// - Throws: `TrainingError`, `.alreadyStarted` when it is not to resume and the folder has states. What was saved
    ///   before is then intact.
    public func run(
        resumes: Bool, watch: @escaping (TrainingEvent) -> Void = { _ in },
        stopRequested: @escaping () -> Int32? = { nil }, now: @escaping () -> Double = { 0 },
        ranks: any Communicator = SoloCommunicator(), shardsOptimizer: Bool = false
    ) throws(TrainingError) -> TrainingOutcome {
        guard ranks.isFirst else {
            return try runBeside(ranks, shardsOptimizer: shardsOptimizer, stopRequested: stopRequested)
        }
        let output = request.output
        try FileWork.makeFolders(output)
        let store = try StateStore(
            folder: output + "/states",
            retention: try Retention(
                keepLast: request.keepLast, keepBest: request.keepBest,
                isHigherBetter: request.task.metric.isHigherBetter))
        let subject = subject(of: ranks, shardsOptimizer)
        let state = try TrainingLoop.begin(
            subject, plan.groups, store, fresh: fresh, resumes: resumes, output: request.output, watch: watch)
        let log = try MetricsLog(path: output + "/metrics.jsonl", resumingAt: resumes ? state.step : nil)
        let events = try EventFile(
            folder: output + "/events", resumingAt: state.step > 0 ? state.step + 1 : nil, now: now())
        let loop = TrainingLoop(
            subject, work: try work(of: ranks), settings: request.settings.loop, groups: plan.groups, state: state,
            store: store, log: log, events: events,
            surroundings: TrainingLoop.Surroundings(
                measure: { [self] () throws(TrainingError) in try measure(stopRequested) },
                keepBest: { [self] measured, step throws(TrainingError) in try keep(measured, step) }, watch: watch,
                stopRequested: stopRequested, now: now))
        return try loop.run()
    }

    /// The part of a rank that is not the first: it writes nothing.
    private func runBeside(
        _ ranks: any Communicator, shardsOptimizer: Bool, stopRequested: @escaping () -> Int32?
    ) throws(TrainingError) -> TrainingOutcome {
        let subject = RankedSubject(model, groups: plan.groups, ranks: ranks, isSharded: shardsOptimizer)
        let loop = TrainingLoop(
            subject, work: try work(of: ranks), settings: request.settings.loop, groups: plan.groups,
            state: try subject.begin(with: nil, groups: plan.groups, fresh: fresh), store: nil, log: nil, events: nil,
            surroundings: TrainingLoop.Surroundings(
                measure: { [self] () throws(TrainingError) in try measure(stopRequested) }, keepBest: { _, _ in },
                stopRequested: stopRequested))
        return try loop.run()
    }

    private func subject(of ranks: any Communicator, _ shardsOptimizer: Bool) -> any TrainingSubject {
        ranks.size == 1
            ? model : RankedSubject(model, groups: plan.groups, ranks: ranks, isSharded: shardsOptimizer)
    }

    private func work(of ranks: any Communicator) throws(TrainingError) -> FineTuningWork {
        try FineTuningWork(
            model, kind: request.task.kind, settings: request.settings, examples: training, rankCount: ranks.size)
    }

    /// The state of a run that has done nothing.
    private var fresh: TrainingState {
        TrainingState(step: 0, seed: request.settings.seed, schedule: schedule, configuration: configuration)
    }

    private func measure(_ stopRequested: () -> Int32?) throws(TrainingError) -> Measured? {
        let answers = try dev.answers(
            tokenBudget: Self.measuringTokenCount, isEnough: { stopRequested() != nil }
        ) { batch throws(ModelError) in try model.logits(batch) }
        guard let answers else { return nil }
        let evaluation = try dev.evaluation(of: answers)
        self.evaluation = evaluation
        return evaluation.measured
    }

    /// Writes the folder that others open.
    private func keep(_ measured: Measured, _ step: Int) throws(TrainingError) {
        let card = ModelCard(
            request: request, plan: plan, measured: measured, classes: evaluation?.classes ?? [], step: step)
        try folder.write(weights, card: card.text, evaluation: evaluation?.json(rows: true) ?? .null)
        guard let lowRank = request.settings.lowRank else { return }
        let groups = plan.groups
        let trained = Set(zip(groups.names, groups.settings).filter { !$0.1.isFrozen }.map(\.0))
        try AdapterFolder(
            path: request.output + "/" + AdapterFolder.name, settings: lowRank, modelType: modelType,
            kind: request.task.kind,
            base: request.source.title
        ).write(TrainingLoop.arrays(of: model, groups).weights.filter { trained.contains($0.name) })
    }

    /// The parameters that others know, fetched one at a time while they are written.
    private var weights: [NamedArray] {
        model.parameters.enumerated().filter { !LowRankSettings.isUpdate($0.element.name) }.map { slot, parameter in
            NamedArray(name: parameter.name, shape: parameter.shape) { [model] () throws(ModelError) in
                try model.mergedValues(of: slot)
            }
        }
    }
}
