import ErlangshenCompute
import ErlangshenModel

/// The examples of one update.
final class FineTuningBatch: UpdateBatch {
    private let work: FineTuningWork
    /// Numbers of examples.
    private let pieces: [[Int]]
    /// The first piece of each rank, then their number. `[P + 1]`
    private let firstPieces: [Int]
    /// What the loss is a mean over.
    private let termCount: Int
    private let epoch: Int
    let tokenCount: Int
    let next: DataPlace
    /// What SiFT found out, by pieces.
    private var prepared: [Int: Prepared] = [:]

    /// The move of a piece's embeddings, and what the model says without it.
    private struct Prepared {
        let perturbation: Matrix  // [N, C]
        let logShares: [[Double]]
    }

    init(
        work: FineTuningWork, pieces: [[Int]], firstPieces: [Int], termCount: Int, epoch: Int, tokenCount: Int,
        next: DataPlace
    ) {
        (self.work, self.pieces, self.firstPieces, self.termCount) = (work, pieces, firstPieces, termCount)
        (self.epoch, self.tokenCount, self.next) = (epoch, tokenCount, next)
    }

    var pieceCount: Int { pieces.count }
    var needsPreparing: Bool { work.perturbation != nil }

    func pieces(of rank: Int, among size: Int) -> Range<Int> {
        precondition(size == firstPieces.count - 1)
        return firstPieces[rank]..<firstPieces[rank + 1]
    }

    /// SiFT's ascent: noise, moved along the gradient of the divergence from the answers without it.
    func prepare(piece number: Int) throws(TrainingError) {
        guard let settings = work.perturbation else { return }
        try onModel { () throws(ModelError) in
            let piece = try microBatch(number)
            let logits = try work.subject.logits(piece.batch, keys: piece.keys)
            let logShares = work.loss.logShares(logits, piece)
            let noise = settings.noise(perturbationKeys(number), columns: work.subject.hiddenSize)  // [N, C]
            let gradient = try work.subject.accumulate(  // [N, C]
                piece.batch, keys: piece.keys, perturbation: noise, findsGradient: true
            ) { work.loss.divergence($0, piece, from: logShares, termCount: nil).gradient }
            let perturbation = gradient.map { settings.ascended(noise, along: $0) } ?? noise  // [N, C]
            prepared[number] = Prepared(perturbation: perturbation, logShares: logShares)
        }
    }

    func run(piece number: Int) throws(TrainingError) -> Double {
        var part = 0.0
        try onModel { () throws(ModelError) in
            let piece = try microBatch(number)
            let moved = try perturbed(piece, number)
            try work.subject.accumulate(piece.batch, keys: piece.keys) { logits in
                var (loss, gradient) = work.loss(logits, piece, termCount: termCount)
                if let moved, let weight = work.perturbation?.weight {
                    let apart = work.loss.divergence(logits, piece, from: moved, termCount: termCount)
                    loss += weight * apart.loss
                    for place in gradient.values.indices {
                        gradient.values[place] += Float(weight) * apart.gradient.values[place]
                    }
                }
                part = loss
                return gradient
            }
        }
        return part
    }

    /// The gradients of SiFT's loss on the way of the moved embeddings.
    ///
    /// - Returns: what the model says to them; nil without SiFT.
    private func perturbed(_ piece: MicroBatch, _ number: Int) throws(ModelError) -> [[Double]]? {
        guard let settings = work.perturbation, let prepared = prepared[number] else { return nil }
        var logShares: [[Double]] = []
        _ = try work.subject.accumulate(
            piece.batch, keys: piece.keys, perturbation: prepared.perturbation, findsGradient: false
        ) { logits in
            logShares = work.loss.logShares(logits, piece)
            var gradient = work.loss.divergence(logits, piece, from: prepared.logShares, termCount: termCount).gradient
            for place in gradient.values.indices { gradient.values[place] *= Float(settings.weight) }
            return gradient
        }
        return logShares
    }

    private func microBatch(_ number: Int) throws(ModelError) -> MicroBatch {
        try MicroBatch(pieces[number], of: work.examples, keys: work.keys, epoch: epoch, passes: work.loss.passes)
    }

    /// A key for each token of a piece. `[N]`
    private func perturbationKeys(_ number: Int) -> [UInt64] {
        pieces[number].flatMap { example in
            (0..<work.examples[example].tokenCount).map {
                work.perturbationKeys.perturbation(epoch: epoch, example: example, place: $0)
            }
        }
    }
}
