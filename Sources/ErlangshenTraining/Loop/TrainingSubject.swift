package import ErlangshenCompute
package import ErlangshenModel

/// What the loop needs of a model: parameters with gradients and moments, and the marks around the passes of a step.
///
/// The passes themselves are the `UpdateWork`'s. The loop knows nothing else of a model, so that the loop's own tests can
/// train a few lines of plain Swift.
package protocol TrainingSubject: AnyObject {
    /// Names as in the checkpoint and shapes; a parameter's place in this list is its slot.
    var parameters: [(name: String, shape: [Int])] { get }
    /// The numbers of a parameter.
    func read(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float]
    /// Sets the numbers of a parameter; `repack` follows before the next pass.
    func write(_ slot: Int, _ numbers: SubjectNumbers, _ values: [Float]) throws(ModelError)

    /// Before the first piece of a batch; `key` nil means no dropout.
    func beginStep(key: UInt64?) throws(ModelError)
    /// After the last piece of a batch.
    func endStep() throws(ModelError)
    /// Forgets the gradients.
    func zeroGradients() throws(ModelError)
    /// Σ g² of a parameter; not finite just when an element is not.
    func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double
    /// Updates a parameter from its gradient.
    func update(_ slot: Int, _ step: AdamWStep) throws(ModelError)
    /// Moves the word embeddings by a step of this length along their gradient, `repack` included.
    ///
    /// - Returns: what brings them back, bit by bit; nil when they have no gradient to go along.
    func moveWordEmbeddings(by length: Double) throws(ModelError) -> (() throws(ModelError) -> Void)?
    /// Makes the passes see what `update` and `write` changed.
    func repack() throws(ModelError)
}

/// What belongs to a parameter and outlives a step.
package enum SubjectNumbers: CaseIterable {
    /// The parameter itself.
    case value
    /// AdamW's running mean of gradients.
    case mean
    /// AdamW's running mean of squared gradients.
    case squares
}

/// Runs model code inside training code, keeping errors typed.
package func onModel<Result>(_ body: () throws(ModelError) -> Result) throws(TrainingError) -> Result {
    do { return try body() } catch { throw .model(error) }
}
