/// What a run is made of: which examples each update takes, and how they go through the model.
///
/// The loop does the rest: norm, clipping, AdamW, schedule, states, measuring, records. All answers are functions of the
/// seed and of the place, so that a run that is taken up again gives the same bits.
package protocol UpdateWork: AnyObject {
    /// What the dropout that an update draws once depends on; nil for none.
    func stepKey(_ step: Int) -> UInt64?

    /// The update that begins at a place.
    func batch(of step: Int, at place: DataPlace) throws(TrainingError) -> any UpdateBatch
}

/// The examples of an update, cut into pieces that go through the model one after the other.
package protocol UpdateBatch {
    /// Pieces, 1 or more.
    var pieceCount: Int { get }
    /// Tokens of all pieces, each example counted once.
    var tokenCount: Int { get }
    /// Where the next update begins.
    var next: DataPlace { get }

    /// Whether `prepare` is to run for all pieces before the first `run`.
    var needsPreparing: Bool { get }

    /// Finds out what `run` needs to know of a piece; what gradients that leaves in the model are forgotten.
    func prepare(piece: Int) throws(TrainingError)

    /// A piece there and back: its gradients are added to those of the model.
    ///
    /// The same piece gives the same gradients as long as the parameters stay.
    /// - Returns: its part of the loss of the batch, such that the loss is the sum of all parts.
    func run(piece: Int) throws(TrainingError) -> Double

    /// The pieces that a rank computes, for ranks that share the work; those of all ranks lie side by side.
    func pieces(of rank: Int, among size: Int) -> Range<Int>
}

extension UpdateBatch {
    /// As many for each rank as for the others, up to one.
    package func pieces(of rank: Int, among size: Int) -> Range<Int> {
        pieceCount * rank / size..<pieceCount * (rank + 1) / size
    }
}

extension UpdateBatch {
    /// Nothing to find out.
    package var needsPreparing: Bool { false }
    /// Nothing is found out.
    package func prepare(piece: Int) throws(TrainingError) {}
}

/// A place in the data of a run.
package struct DataPlace: Sendable, Equatable {
    /// Passes over the data that are complete.
    package var epoch: Int
    /// Examples of the current pass that are done.
    package var position: Int

    /// A place from its parts.
    package init(epoch: Int = 0, position: Int = 0) { (self.epoch, self.position) = (epoch, position) }
}
