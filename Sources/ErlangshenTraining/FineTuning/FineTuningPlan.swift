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

    /// Parameters; gradients and two moments of those that are trained; packed forms of the matrices, and a transposed one
    /// of those that gradients go through; what the layers keep of a piece.
    ///
    /// The last part counts, for each token of a piece and each layer that gradients reach, the vectors that its backward
    /// pass reads: ten of C and two of F. Other layers keep one of C; with recomputation all do, and one layer is whole.
    package static func memoryEstimate(
        parameters: [(name: String, shape: [Int])], groups: ParameterGroups, isHalf: Bool, recomputes: Bool,
        tokenCount: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int
    ) -> Int {
        let frozen = groups.settings.map(\.isFrozen)
        let depths = parameters.map { ParameterPlace(name: $0.name).depth(layerCount: layerCount) }
        let lowest = zip(depths, frozen).filter { !$0.1 }.map(\.0).min() ?? layerCount + 1
        var sum = 0
        for (index, (name, shape)) in parameters.enumerated() {
            let count = shape.reduce(1, *)
            sum += (frozen[index] ? 4 : 16) * count
            // Of the tables only that of the words is read in a packed form.
            let isTable = depths[index] == 0
            guard shape.count > 1, !isTable || name.hasSuffix("word_embeddings.weight") else { continue }
            let forms = !isTable && depths[index] >= lowest ? 2 : 1
            sum += forms * (isHalf ? 2 : 4) * count
        }
        let layer = 10 * hiddenSize + 2 * intermediateSize
        let reached = min(layerCount, max(0, layerCount + 1 - max(1, lowest)))
        let kept =
            recomputes
            ? layerCount * hiddenSize + layer : reached * layer + max(1, layerCount - reached) * hiddenSize
        return sum + 4 * tokenCount * kept
    }
}
