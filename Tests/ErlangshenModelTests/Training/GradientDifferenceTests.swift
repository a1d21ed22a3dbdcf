// Truth: central differences of the model's own loss, its dropout switched on. The loss itself is held to transformers by
// GradientGoldenTests; where dropout stands, by DropoutGoldenTests.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct GradientDifferenceTests {
    /// Between them every layer, head and activation whose slope has no leap.
    static let cases = [
        "untied", "embedding_size", "extrapolation", "p2c", "absolute", "conv_groups", "multiple_choice",
        "bert_sequence_classification",
    ]
    private static let seed: UInt64 = 20
    /// How far a parameter moves, in all of its entries together.
    private static let step: Float = 0.02

    /// A model whose parameters move, and its loss there.
    private struct Slope {
        let model: TrainableModel
        let micro: MicroBatch

        /// The loss with a parameter at `values`, dropout as in every other call.
        func loss(_ slot: Int, at values: [Float]) throws -> Double {
            try model.store.write(slot, .value, values)
            try model.store.repack()
            return try micro.step(model, dropout: GradientDifferenceTests.seed)
        }

        /// dL/dt of values + t·direction at t = 0, the error of the third derivative taken away by a second step.
        func slope(_ slot: Int, from values: [Float], along direction: [Float]) throws -> Double {
            let step = GradientDifferenceTests.step
            func difference(_ t: Float) throws -> Double {
                let ends = [t, -t].map { t in zip(values, direction).map { $0 + t * $1 } }
                let slope = try (loss(slot, at: ends[0]) - loss(slot, at: ends[1])) / Double(2 * t)
                try model.store.write(slot, .value, values)
                return slope
            }
            return try (4 * difference(step) - difference(2 * step)) / 3
        }
    }

    /// Directions of length 1: the gradient; its largest entry; every third entry, signs in turn.
    private static func directions(_ gradient: [Float]) -> [[Float]] {
        let largest = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
        let one = gradient.indices.map { $0 == largest ? Float(1) : 0 }
        let some = gradient.indices.map { place in
            place % 3 == 1 ? gradient[place] * (place / 3 % 2 == 0 ? 1 : -1) : Float(0)
        }
        return [gradient, one, some].compactMap { direction in
            let size = Float(norm(direction))
            return size == 0 ? nil : direction.map { $0 / size }
        }
    }

    @Test(arguments: cases) func gradientsAreSlopesOfTheLoss(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let model = try GradientGoldenTests.model(golden, device: try Device.cpu(threads: 2))
        let micro = try golden.microBatch()
        let loss = try micro.step(model, dropout: Self.seed)
        #expect(abs(loss - Double(try golden.floats("loss")[0])) > 0.001, "dropout changes nothing")
        let gradients = try model.store.gradients()
        let noise = Tolerance.lossRounding * loss / Double(Self.step)
        let slope = Slope(model: model, micro: micro)
        for (slot, parameter) in model.store.slots.enumerated() {
            let values = try model.store.read(slot, .value)
            let gradient = gradients[parameter.name] ?? []
            for (index, direction) in Self.directions(gradient).enumerated() {
                let expected = try slope.slope(slot, from: values, along: direction)
                let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                let bound = Tolerance.gradientDifference * norm(gradient) + noise
                #expect(
                    abs(found - expected) <= bound,
                    "\(parameter.name), direction \(index): \(found), differences \(expected), bound \(bound)")
            }
        }
        try model.store.repack()
        #expect(try micro.step(model, dropout: Self.seed) == loss)
    }
}
