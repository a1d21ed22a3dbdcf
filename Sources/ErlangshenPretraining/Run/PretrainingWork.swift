import ErlangshenMasking
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTasks
import ErlangshenTraining

/// A model that learns the tokens at masks.
protocol MaskedSubject: TrainingSubject {
    /// Cross entropy of `labels` at `rows` there and back, gradients of Σ scale·loss added up; the loss of each row.
    func accumulateMaskedLM(
        _ batch: SequenceBatch, rows: [Int], labels: [Int32], scale: Float, keys: [UInt64]?
    ) throws(ModelError) -> [Float]
    /// Without dropout, as at inference: [rows, V].
    func logits(_ batch: SequenceBatch, rows: [Int]?) throws(ModelError) -> Matrix
}

extension TrainableModel: MaskedSubject {}

/// Pretraining as the loop sees it: samples in an order of the seed, the tokens at their masks.
final class PretrainingWork: UpdateWork {
    private let subject: any MaskedSubject
    private let phases: [TrainingPhase]
    /// One for each phase; none where samples come as they are numbered.
    private let orders: [SampleOrder]?
    private let pieceTokenCount: Int
    /// nil without dropout.
    private let keys: DropoutKeys?
    private let log: SampleLog?
    /// Ranks that share the work.
    private let rankCount: Int

    init(
        _ subject: any MaskedSubject, phases: [TrainingPhase], seed: UInt64, pieceTokenCount: Int, hasDropout: Bool,
        isShuffled: Bool = true, log: SampleLog? = nil, rankCount: Int = 1
    ) {
        (self.log, self.rankCount) = (log, rankCount)
        self.subject = subject
        self.phases = phases
        self.pieceTokenCount = pieceTokenCount
        orders = isShuffled ? phases.map { SampleOrder(count: $0.mixture.count, seed: seed) } : nil
        keys = hasDropout ? DropoutKeys(seed: seed) : nil
    }

    func stepKey(_ step: Int) -> UInt64? { keys?.step(step) }

    func batch(of step: Int, at place: DataPlace) throws(TrainingError) -> any UpdateBatch {
        let number = phases.lastIndex { $0.steps.lowerBound <= step } ?? 0
        let (phase, order) = (phases[number], orders?[number])
        let count = phase.mixture.count
        let end = min(place.position + phase.batchSize, count)
        var sequences: [KeyedSequence] = []
        for position in place.position..<end {
            let index = order?.sample(at: position, epoch: place.epoch) ?? position
            try add(index, of: phase.mixture, epoch: place.epoch, to: &sequences)
        }
        let maskCount = sequences.reduce(0) { $0 + $1.sequence.positions.count }
        guard maskCount > 0 else {
            throw .samples("the \(end - place.position) samples of update \(step + 1) have no mask")
        }
        try log?.append(step: step + 1, sequences.map(\.sequence))
        let lengths = sequences.map(\.sequence.ids.count)
        // Every rank makes all samples, which takes little beside the model, and so knows the masks of all.
        let dealt = MicroBatches.shares(Array(sequences.indices), lengths: lengths, count: rankCount).map { share in
            MicroBatches.split(share, lengths: lengths, tokenBudget: pieceTokenCount)
        }
        // Another phase has other samples: it begins with a pass of its own.
        let isOver = end >= count || step + 1 == phase.steps.upperBound
        return PretrainingBatch(
            subject: subject, pieces: dealt.flatMap(\.self).map { $0.map { sequences[$0] } },
            firstPieces: dealt.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }, maskCount: maskCount,
            tokenCount: lengths.reduce(0, +),
            next: isOver ? DataPlace(epoch: place.epoch + 1) : DataPlace(epoch: place.epoch, position: end))
    }

    /// Makes a sample; a sequence without masks teaches nothing and is left out.
    private func add(
        _ index: Int, of mixture: SampleMixture, epoch: Int, to sequences: inout [KeyedSequence]
    ) throws(TrainingError) {
        let place = mixture.place(index, epoch: epoch)
        let made: [MaskedSequence]
        do throws(MaskingError) {
            made = try place.part.source.source.sample(place.index, epoch: place.pass)
        } catch {
            throw .samples("\(place.part.source.name): sample \(place.index): \(error)")
        }
        var first = 0
        for sequence in made {
            let tokens = first..<first + sequence.ids.count
            first = tokens.upperBound
            guard !sequence.positions.isEmpty else { continue }
            let rowKeys = keys.map { keys in
                tokens.map { keys.row(epoch: epoch, example: index, place: $0, pass: 0) }
            }
            sequences.append(KeyedSequence(sequence: sequence, keys: rowKeys))
        }
    }
}

/// A sequence and what the dropout of its tokens depends on.
private struct KeyedSequence {
    let sequence: MaskedSequence
    let keys: [UInt64]?  // [S]
}

/// The samples of one update.
private struct PretrainingBatch: UpdateBatch {
    let subject: any MaskedSubject
    let pieces: [[KeyedSequence]]
    /// The first piece of each rank, then their number. `[P + 1]`
    let firstPieces: [Int]
    /// What the loss is a mean over.
    let maskCount: Int
    let tokenCount: Int
    let next: DataPlace

    var pieceCount: Int { pieces.count }

    func pieces(of rank: Int, among size: Int) -> Range<Int> {
        precondition(size == firstPieces.count - 1)
        return firstPieces[rank]..<firstPieces[rank + 1]
    }

    func run(piece number: Int) throws(TrainingError) -> Double {
        let piece = pieces[number]
        let masked = try MaskedBatch(piece.map(\.sequence))
        let keys = piece.contains { $0.keys == nil } ? nil : piece.flatMap { $0.keys ?? [] }  // [N]
        let losses = try onModel { () throws(ModelError) in
            try subject.accumulateMaskedLM(
                masked.batch, rows: masked.rows, labels: masked.labels, scale: 1 / Float(maskCount), keys: keys)
        }
        return losses.reduce(0) { $0 + Double($1) } / Double(maskCount)
    }
}

/// Sequences end to end, and the rows of their masks.
struct MaskedBatch {
    let batch: SequenceBatch
    let rows: [Int]  // [M], strictly rising
    let labels: [Int32]  // [M]

    /// - Throws: `TrainingError.model` for an empty sequence.
    init(_ sequences: [MaskedSequence]) throws(TrainingError) {
        let batch = try onModel { () throws(ModelError) in try SequenceBatch(sequences.map(\.ids)) }
        self.batch = batch
        rows = zip(batch.offsets, sequences).flatMap { first, sequence in sequence.positions.map { first + $0 } }
        labels = sequences.flatMap(\.labels)
    }
}
