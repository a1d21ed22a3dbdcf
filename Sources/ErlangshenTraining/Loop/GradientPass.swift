import ErlangshenModel

/// The gradients of an update: all pieces of a batch there and back, with FGM twice.
///
/// FGM (Miyato and others, arXiv 1605.07725) adds to the gradients those at word embeddings that are moved by ε·g/‖g‖, g
/// being their gradient over the whole batch: how it is cut into pieces does not matter but for roundings. Both passes have
/// the same dropout. What a batch wants to find out before, as with SiFT, is found out in a round of its own.
struct GradientPass {
    let subject: any TrainingSubject
    /// Of the dropout that an update draws once.
    let key: UInt64?
    /// ε of FGM; 0 for none.
    let adversarialLength: Double

    /// Sums the gradients in the model.
    ///
    /// - Returns: the loss, at the embeddings as they are.
    func run(_ batch: any UpdateBatch) throws(TrainingError) -> Double {
        if batch.needsPreparing {
            try onModel { () throws(ModelError) in try subject.beginStep(key: key) }
            for piece in pieces(of: batch) { try batch.prepare(piece: piece) }
            try endPass(isLast: false)
        }
        try onModel { () throws(ModelError) in try subject.zeroGradients() }
        guard adversarialLength > 0 else { return try pass(batch, isLast: true) }
        let loss = try pass(batch, isLast: false)
        let restore = try onModel { () throws(ModelError) in try subject.moveWordEmbeddings(by: adversarialLength) }
        guard let restore else {
            try onModel { () throws(ModelError) in try ranked?.sumGradients() }
            return loss
        }
        _ = try pass(batch, isLast: true)
        try onModel(restore)
        return loss
    }

    /// The subject of a run on several ranks, each of which has pieces of its own.
    private var ranked: RankedSubject? { subject as? RankedSubject }

    /// All pieces, in the last pass of an update with the gradients of the other ranks.
    private func pass(_ batch: any UpdateBatch, isLast: Bool) throws(TrainingError) -> Double {
        try onModel { () throws(ModelError) in try subject.beginStep(key: key) }
        var sum = 0.0
        let pieces = pieces(of: batch)
        for piece in pieces {
            if isLast, piece == pieces.upperBound - 1 { ranked?.lastPieceBegins() }
            sum += try batch.run(piece: piece)
        }
        try endPass(isLast: isLast)
        return try ranked?.sum(sum) ?? sum
    }

    /// Those of a batch that this process computes.
    private func pieces(of batch: any UpdateBatch) -> Range<Int> { ranked?.pieces(of: batch) ?? 0..<batch.pieceCount }

    private func endPass(isLast: Bool) throws(TrainingError) {
        try onModel { () throws(ModelError) in
            if let ranked, !isLast { try ranked.endPass() } else { try subject.endStep() }
        }
    }
}
