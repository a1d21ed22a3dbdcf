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
            for piece in 0..<batch.pieceCount { try batch.prepare(piece: piece) }
            try onModel { () throws(ModelError) in try subject.endStep() }
        }
        try onModel { () throws(ModelError) in try subject.zeroGradients() }
        let loss = try pass(batch)
        guard adversarialLength > 0 else { return loss }
        let restore = try onModel { () throws(ModelError) in try subject.moveWordEmbeddings(by: adversarialLength) }
        guard let restore else { return loss }
        _ = try pass(batch)
        try onModel(restore)
        return loss
    }

    private func pass(_ batch: any UpdateBatch) throws(TrainingError) -> Double {
        try onModel { () throws(ModelError) in try subject.beginStep(key: key) }
        var sum = 0.0
        for piece in 0..<batch.pieceCount { sum += try batch.run(piece: piece) }
        try onModel { () throws(ModelError) in try subject.endStep() }
        return sum
    }
}
