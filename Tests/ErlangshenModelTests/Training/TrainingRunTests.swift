// Goldens: tools/goldens/make_training_run_golden.py (transformers 5.23 in float64, torch.optim.AdamW, 200 steps).
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct TrainingRunTests {
    static let runs = ["sequence_classification", "masked_lm"]

    /// A training as tools/goldens/make_training_run_golden.py has it.
    private struct Run {
        let golden: TrainingGolden
        let model: TrainableModel
        let order: [[Int]]
        let rates: [Double]
        private let beta1 = 0.9
        private let beta2 = 0.999
        private let weightDecay = 0.1
        private let clip = 1.0

        init(_ name: String, device: Device, recomputes: Bool = false) throws {
            golden = try TrainingGolden(run: name)
            model = try GradientGoldenTests.model(golden, device: device, recomputes: recomputes)
            rates = try golden.doubles("rates")
            let texts = try golden.integers("order")
            let size = texts.count / rates.count
            order = rates.indices.map { Array(texts[$0 * size..<($0 + 1) * size]) }
        }

        /// One step, its texts in micro-batches of `size`.
        ///
        /// - Returns: the loss before the update, and the norm of the gradient before it is clipped.
        func step(_ index: Int, size: Int) throws -> (loss: Double, norm: Double) {
            let store = model.store
            let texts = order[index]
            try store.zeroGradients()
            try model.beginStep(key: nil)
            var loss = 0.0
            for first in stride(from: 0, to: texts.count, by: size) {
                let part = Array(texts[first..<min(first + size, texts.count)])
                loss += try golden.microBatch(part, of: texts).accumulate(into: model)
            }
            try model.endStep()
            let norm = try store.slots.indices.reduce(0) { try $0 + store.squaredGradientNorm($1) }.squareRoot()
            let count = Double(index + 1)
            for (slot, parameter) in store.slots.enumerated() {
                let decays = !["bias", "LayerNorm.weight"].contains { parameter.name.contains($0) }
                try store.step(
                    slot,
                    AdamWStep(
                        learningRate: rates[index], beta1: beta1, beta2: beta2, eps: 1e-8,
                        weightDecay: decays ? weightDecay : 0, biasCorrection1: 1 - pow(beta1, count),
                        biasCorrection2: 1 - pow(beta2, count), gradientScale: min(1, clip / (norm + 1e-6))))
            }
            try store.repack()
            return (loss, norm)
        }
    }

    /// In whole steps, and in micro-batches whose gradients are added up.
    @Test(arguments: runs, [6, 2]) func lossesArePyTorchs(name: String, size: Int) throws {
        let run = try Run(name, device: try Device.cpu(threads: 2))
        let (losses, norms) = (try run.golden.floats("losses"), try run.golden.floats("norms"))
        #expect(losses.count == 200)
        #expect(losses[190...].reduce(0, +) < 0.6 * losses[..<10].reduce(0, +), "the golden run learns nothing")
        for index in losses.indices {
            let found = try run.step(index, size: size)
            let (loss, norm) = (Double(losses[index]), Double(norms[index]))
            #expect(abs(found.loss - loss) <= Tolerance.trainingRun * loss, "loss \(index): \(found.loss), \(loss)")
            #expect(abs(found.norm - norm) <= Tolerance.trainingRun * norm, "norm \(index): \(found.norm), \(norm)")
        }
        let final = try run.golden.parameters()
        #expect(final.count >= 6)
        for (name, truth) in final {
            guard let slot = run.model.store.slots.firstIndex(where: { $0.name == name }) else {
                Issue.record("\(name) is no parameter")
                continue
            }
            let apart = distance(try run.model.store.read(slot, .value), truth.values) / norm(truth.values)
            #expect(apart <= Tolerance.trainingRun, "\(name): \(apart)")
        }
    }

    /// The same bits after 12 steps with one thread and three, keeping activations or computing them again.
    @Test(arguments: runs) func threadsAndRecomputingChangeNoBit(name: String) throws {
        let ends = try [(1, false), (3, true)].map { threads, recomputes in
            let run = try Run(name, device: try Device.cpu(threads: threads), recomputes: recomputes)
            let losses = try (0..<12).map { try run.step($0, size: 3).loss }
            let store = run.model.store
            return (losses, try store.slots.indices.map { try store.read($0, .value) })
        }
        #expect(ends[0].0 == ends[1].0)
        #expect(ends[0].1 == ends[1].1)
    }
}
