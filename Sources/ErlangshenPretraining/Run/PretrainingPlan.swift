public import ErlangshenTraining

/// What a run is going to do, told before it does it.
public struct PretrainingPlan: Sendable {
    /// A stretch of it with windows of one length.
    public struct Stretch: Sendable, Equatable {
        /// Tokens of a window.
        public let window: Int
        /// Samples of a pass.
        public let sampleCount: Int
        /// Tokens of a pass, about.
        public let tokenCount: Int
        /// Samples of an update.
        public let batchSize: Int
        /// Its updates, counted from 0.
        public let steps: Range<Int>
        /// Updates of a pass.
        public let stepsPerEpoch: Int
    }

    /// The stretches, in their order.
    public let stretches: [Stretch]
    /// Numbers of the model.
    public let parameterCount: Int
    /// Parameters by their treatment.
    public let groups: ParameterGroups
    /// Parameters that no checkpoint gave, drawn from the seed.
    public let initialised: [String]
    /// Tokens that it is measured on.
    public let heldOutTokenCount: Int
    /// Masks among them.
    public let heldOutMaskCount: Int
    /// Memory that it takes, in bytes, as far as it can be told beforehand.
    public let memoryEstimate: Int

    /// Updates of the run.
    public var stepCount: Int { stretches.last?.steps.upperBound ?? 0 }
    /// Tokens of the run, about.
    public var tokenCount: Int { tokenCount(after: stepCount) }

    /// Tokens of the first updates, about.
    public func tokenCount(after stepCount: Int) -> Int {
        let tokens = stretches.map { stretch in
            let steps = min(max(stepCount - stretch.steps.lowerBound, 0), stretch.steps.count)
            return Double(steps * stretch.batchSize) * Double(stretch.tokenCount) / Double(max(stretch.sampleCount, 1))
        }
        return Int(tokens.reduce(0, +))
    }
}
