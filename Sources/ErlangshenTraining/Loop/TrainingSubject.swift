import ErlangshenCompute
import ErlangshenModel

/// What the loop needs of a model: parameters with gradients and moments, and a forward and backward pass.
///
/// The loop knows nothing else of it, so that the loop's own tests can train a few lines of plain Swift.
protocol TrainingSubject: AnyObject {
    /// Names as in the checkpoint and shapes; a parameter's place in this list is its slot.
    var parameters: [(name: String, shape: [Int])] { get }
    /// The numbers of a parameter.
    func read(_ slot: Int, _ numbers: SubjectNumbers) throws(ModelError) -> [Float]
    /// Sets the numbers of a parameter; `repack` follows before the next pass.
    func write(_ slot: Int, _ numbers: SubjectNumbers, _ values: [Float]) throws(ModelError)

    /// Before the first piece of a batch; `key` nil means no dropout.
    func beginStep(key: UInt64?) throws(ModelError)
    /// Forward and backward of a piece, gradients added up; `loss` turns logits into their gradient.
    func accumulate(_ batch: SequenceBatch, keys: [UInt64]?, loss: (Matrix) -> Matrix) throws(ModelError)
    /// After the last piece of a batch.
    func endStep() throws(ModelError)
    /// Forgets the gradients.
    func zeroGradients() throws(ModelError)
    /// Σ g² of a parameter; not finite just when an element is not.
    func squaredGradientNorm(_ slot: Int) throws(ModelError) -> Double
    /// Updates a parameter from its gradient.
    func update(_ slot: Int, _ step: AdamWStep) throws(ModelError)
    /// Makes the passes see what `update` and `write` changed.
    func repack() throws(ModelError)

    /// Without dropout, as at inference.
    func logits(_ batch: SequenceBatch) throws(ModelError) -> Matrix
}

/// What belongs to a parameter and outlives a step.
enum SubjectNumbers: CaseIterable {
    /// The parameter itself.
    case value
    /// AdamW's running mean of gradients.
    case mean
    /// AdamW's running mean of squared gradients.
    case squares
}

/// Runs model code inside training code, keeping errors typed.
func onModel<Result>(_ body: () throws(ModelError) -> Result) throws(TrainingError) -> Result {
    do { return try body() } catch { throw .model(error) }
}
