import ErlangshenCompute
import ErlangshenModel
import ErlangshenTasks

@testable import ErlangshenTraining

/// A bag of words in plain Swift: logits = Σ W[id] + b over the tokens that a sequence keeps.
///
/// A token is dropped when its key says so, one in four of them.
final class ToySubject: ExampleSubject {
    static let (words, labels) = (12, 3)

    let parameters: [(name: String, shape: [Int])] = [
        ("toy.encoder.layer.0.weight", [words, labels]), ("toy.bias", [labels]),
    ]
    private var numbers: [SubjectNumbers: [[Float]]] = [:]
    private var gradients: [[Float]] = []

    /// What the loop did, in order.
    private(set) var steps: [(slot: Int, step: AdamWStep)] = []
    private(set) var stepKeys: [UInt64?] = []
    private(set) var pieces: [[Int]] = []
    /// Sequences whose first token is this have gradients that are not finite.
    var poison: Int32?

    init() {
        for kind in SubjectNumbers.allCases {
            numbers[kind] = parameters.enumerated().map { slot, parameter in
                (0..<parameter.shape.reduce(1, *)).map { index in
                    kind == .value ? Float((index * 7 + slot * 3) % 11 - 5) / 20 : 0
                }
            }
        }
        gradients = parameters.map { [Float](repeating: 0, count: $0.shape.reduce(1, *)) }
    }

    var values: [[Float]] { numbers[.value] ?? [] }

    func read(_ slot: Int, _ kind: SubjectNumbers) throws(ModelError) -> [Float] { (numbers[kind] ?? [])[slot] }

    func write(_ slot: Int, _ kind: SubjectNumbers, _ values: [Float]) throws(ModelError) {
        numbers[kind]?[slot] = values
    }

    func beginStep(key: UInt64?) throws(ModelError) { stepKeys.append(key) }

    func endStep() throws(ModelError) {}

    func repack() throws(ModelError) {}

    func moveWordEmbeddings(by length: Double) throws(ModelError) -> (() throws(ModelError) -> Void)? { nil }

    func zeroGradients() throws(ModelError) { gradients = gradients.map { $0.map { _ in 0 } } }

    func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double {
        gradients[slot].reduce(0) { $0 + Double($1) * Double($1) }
    }

    func accumulate(_ batch: SequenceBatch, keys: [UInt64]?, loss: (Matrix) -> Matrix) throws(ModelError) {
        pieces.append(zip(batch.offsets, batch.offsets.dropFirst()).map { $1 - $0 })
        let gradient = loss(forward(batch, keys))  // [B, labels]
        for sequence in 0..<batch.count {
            for label in 0..<Self.labels {
                let g = gradient.values[sequence * Self.labels + label]
                gradients[1][label] += g
                for row in rows(batch, sequence, keys) {
                    let isPoisoned = batch.inputIds[batch.offsets[sequence]] == poison
                    gradients[0][Int(batch.inputIds[row]) * Self.labels + label] += isPoisoned ? .nan : g
                }
            }
        }
    }

    func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix { forward(batch, nil) }

    private func rows(_ batch: SequenceBatch, _ sequence: Int, _ keys: [UInt64]?) -> [Int] {
        (batch.offsets[sequence]..<batch.offsets[sequence + 1]).filter { row in keys.map { $0[row] & 3 != 0 } ?? true }
    }

    private func forward(_ batch: SequenceBatch, _ keys: [UInt64]?) -> Matrix {
        var result = Matrix(
            rows: batch.count, columns: Self.labels, values: [Float](repeating: 0, count: batch.count * Self.labels))
        for sequence in 0..<batch.count {
            for label in 0..<Self.labels {
                var sum = values[1][label]
                for row in rows(batch, sequence, keys) {
                    sum += values[0][Int(batch.inputIds[row]) * Self.labels + label]
                }
                result.values[sequence * Self.labels + label] = sum
            }
        }
        return result
    }

    /// torch.optim.AdamW, one element after the other.
    func update(_ slot: Int, _ step: AdamWStep) throws(ModelError) {
        steps.append((slot, step))
        guard var w = numbers[.value]?[slot], var m = numbers[.mean]?[slot], var v = numbers[.squares]?[slot] else {
            return
        }
        for index in w.indices {
            let g = Double(gradients[slot][index]) * step.gradientScale
            m[index] = Float(step.beta1 * Double(m[index]) + (1 - step.beta1) * g)
            v[index] = Float(step.beta2 * Double(v[index]) + (1 - step.beta2) * g * g)
            let shrunk = Double(w[index]) * (1 - step.learningRate * step.weightDecay)
            let root = (Double(v[index]) / step.biasCorrection2).squareRoot() + step.eps
            w[index] = Float(shrunk - step.learningRate * Double(m[index]) / step.biasCorrection1 / root)
        }
        numbers[.value]?[slot] = w
        numbers[.mean]?[slot] = m
        numbers[.squares]?[slot] = v
    }
}

/// A run of the toy in a folder.
struct ToyRun {
    let folder: String
    var settings: FineTuningSettings
    var retention: (last: Int, best: Int) = (2, 1)
    /// Figures of the measurings, the last one for all further ones; nil measures the toy's loss on its own examples.
    var figures: [Double]?

    init(_ folder: String) {
        self.folder = folder
        settings = FineTuningSettings()
        (settings.epochCount, settings.batchSize, settings.learningRate) = (3, 4, 0.05)
        settings.pieceTokenCount = 9
    }

    /// Nineteen examples of one to five tokens, the label told by the first.
    static let examples = (0..<19).map { number in
        let ids = (0...(number * 5 % 7 % 5)).map { Int32((number * 3 + $0 * 5) % ToySubject.words) }
        return EncodedExample(
            example: number, sequences: [EncodedSequence(ids: ids, typeIds: ids.map { _ in 0 })],
            target: .label(ids[0] % Int32(ToySubject.labels)))
    }

    /// Runs, stopping after `stop` updates of this process or at once at a measuring.
    @discardableResult
    func run(
        _ subject: ToySubject = ToySubject(), resumes: Bool = false, stopAfter stop: Int? = nil,
        stopsMeasuring: Bool = false, watch: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> (outcome: TrainingOutcome, subject: ToySubject, kept: [Int]) {
        try FileWork.makeFolders(folder)
        let count = FineTuningWork.stepCount(exampleCount: Self.examples.count, settings)
        let schedule = try LearningRateSchedule(
            settings.schedule, rate: settings.learningRate, warmup: settings.warmup, stepCount: count)
        let groups = try ParameterGroups(subject.parameters, rules: settings.rules)
        let store = try StateStore(
            folder: folder + "/states", retention: try Retention(keepLast: retention.last, keepBest: retention.best))
        var state = TrainingState(step: 0, seed: settings.seed, schedule: schedule, configuration: settings.json)
        if resumes, let saved = try store.newest().state {
            state = saved.state
            try TrainingLoop.restore(subject, groups, from: saved)
        }
        let log = try MetricsLog(path: folder + "/metrics.jsonl", resumingAt: resumes ? state.step : nil)
        var (done, kept): (Int, [Int]) = (0, [])
        let surroundings = TrainingLoop.Surroundings(
            measure: { () throws(TrainingError) in
                stopsMeasuring && done >= stop ?? 0 ? nil : try self.measure(subject, state.step + done)
            },
            keepBest: { _, step in kept.append(step) },
            watch: { event in
                if case .step = event { done += 1 }
                watch(event)
            }, stopRequested: { stop.map { done >= $0 } ?? false ? 15 : nil })
        let work = try FineTuningWork(
            subject, kind: .classification, settings: settings, examples: Self.examples)
        let loop = TrainingLoop(
            subject, work: work, settings: settings.loop, groups: groups, state: state, store: store, log: log,
            events: nil, surroundings: surroundings)
        return (try loop.run(), subject, kept)
    }

    private func measure(_ subject: any ExampleSubject, _ step: Int) throws(TrainingError) -> Measured {
        if let figures {
            let value = figures[min(step / 5 - 1, figures.count - 1)]
            return Measured(name: "figure", value: value, isHigherBetter: true, figures: [("figure", value)])
        }
        let numbers = Array(Self.examples.indices)
        let piece = try onModel { () throws(ModelError) in try MicroBatch(numbers, of: Self.examples, keys: nil) }
        let logits = try onModel { () throws(ModelError) in try subject.logits(piece.batch) }
        let loss = TaskLoss(kind: .classification)(logits, piece, termCount: numbers.count).loss
        return Measured(name: "loss", value: loss, isHigherBetter: false, figures: [("loss", loss)])
    }
}
