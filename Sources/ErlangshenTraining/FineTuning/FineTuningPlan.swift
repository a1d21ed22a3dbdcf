public import ErlangshenTasks

/// What a run is going to do, told before it does it.
public struct FineTuningPlan: Sendable {
    /// Numbers of the model.
    public let parameterCount: Int
    /// Parameters by their treatment.
    public let groups: ParameterGroups
    /// Parameters that no checkpoint gave, drawn from the seed.
    public let initialised: [String]
    /// Sequences to learn from, windows counted singly.
    public let exampleCount: Int
    /// Tokens of a pass over them.
    public let tokenCount: Int
    /// Tokens of the longest of them.
    public let longestTokenCount: Int
    /// Rows to measure on.
    public let devRowCount: Int
    /// Updates of a pass.
    public let stepsPerEpoch: Int
    /// Updates of the run.
    public let stepCount: Int
    /// What reading the training files cost.
    public let trainReports: [DataReport]
    /// What reading the development files cost.
    public let devReports: [DataReport]
    /// What encoding the training rows cost.
    public let encoding: EncodingReport
    /// Memory that the run takes, in bytes, as far as it can be told beforehand.
    public let memoryEstimate: Int

    /// Parameters, gradients, two moments; packed forms of the matrices; what the layers keep of a piece.
    ///
    /// The last part counts, for each token of a piece and each layer, the vectors that its backward pass reads: ten of
    /// C and two of F. With recomputation it is one of C, and one layer whole.
    package static func memoryEstimate(
        parameters: [(name: String, shape: [Int])], isHalf: Bool, recomputes: Bool, tokenCount: Int, hiddenSize: Int,
        intermediateSize: Int, layerCount: Int
    ) -> Int {
        let all = parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let packed = parameters.reduce(0) { sum, parameter in
            let isTable = ParameterPlace(name: parameter.name) == .embeddings
            return sum + (parameter.shape.count > 1 && !isTable ? parameter.shape.reduce(1, *) : 0)
        }
        let layer = 10 * hiddenSize + 2 * intermediateSize
        let kept = recomputes ? layerCount * hiddenSize + layer : layerCount * layer
        return 16 * all + 2 * packed * (isHalf ? 2 : 4) + 4 * tokenCount * kept
    }
}
