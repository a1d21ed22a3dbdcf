import ErlangshenCompute
import ErlangshenModel
import Foundation

/// Texts with labels, and the loss of a model on them: the mean cross entropy over a step's choices, in Double.
struct MicroBatch {
    /// One softmax. For a masked language model `places` is the row alone, and its softmax is the model's.
    struct Choice {
        /// Which logits it is over.
        let places: [Int]
        /// The right one among them.
        let target: Int
    }

    let batch: SequenceBatch
    let head: TrainableModel.Head
    let choices: [Choice]
    /// What each choice's loss counts: one over the step's number of choices.
    let scale: Double

    /// A key for each token row, all different.
    func keys(seed: UInt64) -> [UInt64] {
        (0..<batch.tokenCount).map { (seed &+ UInt64($0)) &* 0x9E37_79B9_7F4A_7C15 }
    }

    /// Forward and backward; gradients are added to the model's.
    ///
    /// - Returns: the loss.
    func accumulate(into model: TrainableModel, keys: [UInt64]? = nil) throws -> Double {
        if head == .maskedLM {
            let losses = try model.accumulateMaskedLM(
                batch, rows: choices.map { $0.places[0] }, labels: choices.map { Int32($0.target) },
                scale: Float(scale), keys: keys)
            return losses.reduce(0) { $0 + Double($1) * scale }
        }
        var loss = 0.0
        try model.accumulate(batch, keys: keys) { logits in
            let result = entropy(logits)
            loss = result.loss
            return result.gradient
        }
        return loss
    }

    /// A whole step of one micro-batch, from gradients of zero.
    ///
    /// - Returns: the loss.
    func step(_ model: TrainableModel, dropout seed: UInt64? = nil) throws -> Double {
        try model.store.zeroGradients()
        try model.beginStep(key: seed)
        let loss = try accumulate(into: model, keys: seed.map { keys(seed: $0) })
        try model.endStep()
        return loss
    }

    /// loss = Σ scale·(log Σ exp x − x[target]), and its gradient by the logits.
    private func entropy(_ logits: Matrix) -> (loss: Double, gradient: Matrix) {
        var loss = 0.0
        var gradient = [Float](repeating: 0, count: logits.values.count)
        for choice in choices {
            let x = choice.places.map { Double(logits.values[$0]) }
            let largest = x.max() ?? 0
            let logSum = largest + log(x.reduce(0) { $0 + exp($1 - largest) })
            loss += scale * (logSum - x[choice.target])
            for (index, place) in choice.places.enumerated() {
                gradient[place] += Float(scale * (exp(x[index] - logSum) - (index == choice.target ? 1 : 0)))
            }
        }
        return (loss, Matrix(rows: logits.rows, columns: logits.columns, values: gradient))
    }
}

extension ParameterStore {
    /// The gradients of all parameters by name.
    func gradients() throws -> [String: [Float]] {
        var result: [String: [Float]] = [:]
        for (index, slot) in slots.enumerated() { result[slot.name] = try read(index, .gradient) }
        return result
    }
}

/// The Euclidean norm.
func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }

/// The Euclidean norm of a difference; infinite when the counts differ.
func distance(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let sum = zip(found, expected).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
    }
    return sum.isNaN ? .infinity : sum.squareRoot()
}
