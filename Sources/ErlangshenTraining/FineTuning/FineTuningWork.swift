import ErlangshenCompute
import ErlangshenModel
import ErlangshenTasks

/// A model that answers examples: logits, and the gradient that comes back from them.
protocol ExampleSubject: TrainingSubject {
    /// Forward and backward of a piece, gradients added up; `loss` turns logits into their gradient.
    func accumulate(_ batch: SequenceBatch, keys: [UInt64]?, loss: (Matrix) -> Matrix) throws(ModelError)
    /// Forward of a piece as `accumulate` has it, without the way back.
    func logits(_ batch: SequenceBatch, keys: [UInt64]?) throws(ModelError) -> Matrix
    /// `accumulate` with the normalised embeddings moved, and where it is wanted the gradient of the move. `[N, C]`
    func accumulate(
        _ batch: SequenceBatch, keys: [UInt64]?, perturbation: Matrix, findsGradient: Bool, loss: (Matrix) -> Matrix
    ) throws(ModelError) -> Matrix?
    /// Columns of a perturbation.
    var hiddenSize: Int { get }
    /// The values of a parameter as others read them, updates of low rank added in.
    func mergedValues(of slot: Int) throws(ModelError) -> [Float]
    /// Without dropout, as at inference.
    func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix
}

extension ExampleSubject {
    func mergedValues(of slot: Int) throws(ModelError) -> [Float] { try read(slot, .value) }
}

/// Fine-tuning as the loop sees it: examples in an order of the seed, the loss of their task.
final class FineTuningWork: UpdateWork {
    let subject: any ExampleSubject
    let examples: [EncodedExample]
    let loss: TaskLoss
    let perturbation: PerturbationSettings?
    let perturbationKeys: DropoutKeys
    /// nil without dropout.
    let keys: DropoutKeys?
    private let settings: FineTuningSettings
    private let order: TrainingOrder
    private let lengths: [Int]
    private var batches: (epoch: Int, batches: [[Int]])?
    /// Ranks that share the work.
    private let rankCount: Int

    /// - Throws: `TrainingError.task` for settings that make no order.
    init(
        _ subject: any ExampleSubject, kind: TaskKind, settings: FineTuningSettings, examples: [EncodedExample],
        rankCount: Int = 1
    ) throws(TrainingError) {
        self.subject = subject
        self.settings = settings
        self.examples = examples
        self.rankCount = rankCount
        loss = TaskLoss(kind: kind, labelSmoothing: settings.labelSmoothing, rDrop: settings.rDrop)
        keys = settings.hasDropout ? DropoutKeys(seed: settings.seed) : nil
        (perturbation, perturbationKeys) = (settings.perturbation, DropoutKeys(seed: settings.seed))
        let lengths = examples.map(\.tokenCount)
        self.lengths = lengths
        order = try onTask { () throws(TaskError) in
            try TrainingOrder(lengths: lengths, batchSize: settings.batchSize, seed: settings.seed)
        }
    }

    /// Updates of a whole run.
    static func stepCount(exampleCount: Int, _ settings: FineTuningSettings) -> Int {
        let perEpoch = (max(1, exampleCount) - 1) / settings.batchSize + 1
        let (all, overflow) = perEpoch.multipliedReportingOverflow(by: settings.epochCount)
        return min(overflow ? .max : all, settings.maximumStepCount ?? .max)
    }

    func stepKey(_ step: Int) -> UInt64? { keys?.step(step) }

    func batch(of step: Int, at place: DataPlace) -> any UpdateBatch {
        if batches?.epoch != place.epoch { batches = (place.epoch, order.batches(epoch: place.epoch)) }
        let numbers = batches?.batches[place.position / settings.batchSize] ?? []
        let end = place.position + numbers.count
        let dealt = MicroBatches.shares(numbers, lengths: lengths, count: rankCount).map { share in
            MicroBatches.split(share, lengths: lengths, tokenBudget: max(1, settings.pieceTokenCount / loss.passes))
        }
        return FineTuningBatch(
            work: self, pieces: dealt.flatMap(\.self),
            firstPieces: dealt.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            termCount: loss.termCount(numbers.map { examples[$0].target }), epoch: place.epoch,
            tokenCount: numbers.reduce(0) { $0 + lengths[$1] },
            next: end >= examples.count
                ? DataPlace(epoch: place.epoch + 1) : DataPlace(epoch: place.epoch, position: end))
    }
}

/// Runs task code inside training code, keeping errors typed.
func onTask<Result>(_ body: () throws(TaskError) -> Result) throws(TrainingError) -> Result {
    do { return try body() } catch { throw .task(error) }
}
