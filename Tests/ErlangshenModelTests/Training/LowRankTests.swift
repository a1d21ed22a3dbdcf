// Goldens: tools/goldens/make_gradient_goldens.py. With W + s·B·A in place of W the chain rule gives from PyTorch's dW, in this
// file: dA = s·Bᵀ·dW, dB = s·dW·Aᵀ. With dropout: central differences of the model's own loss.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct LowRankTests {
    static let cases = ["published", "untied", "p2c", "question_answering", "bert_sequence_classification"]
    static let rank = 3

    private static func model(
        _ golden: TrainingGolden, dropout: Double = 0,
        targets: Set<LowRankSettings.Target> = Set(LowRankSettings.Target.allCases),
        threads: Int = 2, precision: Precision = .fp32, recomputes: Bool = false
    ) throws -> TrainableModel {
        try TrainableModel(
            directory: golden.folder, head: golden.head, seed: 1, device: try Device.cpu(threads: threads),
            precision: precision, recomputes: recomputes,
            trained: TrainedParameters(
                lowRank: LowRankSettings(rank: rank, alpha: 2, dropout: dropout, targets: targets)
            ) { _ in false })
    }

    /// An update: the layer's weight [O, I], A [r, I] and B [O, r], by their slots.
    private struct Update {
        let name: String
        let (weight, down, up): (Int, Int, Int)
        let (outputs, inputs): (Int, Int)
    }

    private static func updates(_ store: ParameterStore) -> [Update] {
        store.slots.enumerated().compactMap { slot, parameter in
            guard parameter.name.hasSuffix(".lora_A.weight") else { return nil }
            let layer = parameter.name.dropLast(".lora_A.weight".count)
            guard let weight = store.slots.firstIndex(where: { $0.name == layer + ".weight" }),
                let up = store.slots.firstIndex(where: { $0.name == layer + ".lora_B.weight" })
            else { return nil }
            return Update(
                name: String(layer), weight: weight, down: slot, up: up, outputs: store.slots[up].shape[0],
                inputs: parameter.shape[1])
        }
    }

    /// Gives every B values and takes s·B·A off W, so that the sum is the golden's W.
    private static func spread(_ store: ParameterStore) throws {
        for update in updates(store) {
            let a = try store.read(update.down, .value).map(Double.init)
            let b = (0..<update.outputs * rank).map { Double(Float($0 * 7 % 11 - 5) / 40) }
            try store.write(update.up, .value, b.map { Float($0) })
            var w = try store.read(update.weight, .value)
            for row in 0..<update.outputs {
                for column in 0..<update.inputs {
                    let sum = (0..<rank).reduce(0) { $0 + b[row * rank + $1] * a[$1 * update.inputs + column] }
                    w[row * update.inputs + column] -= Float(2 / Double(rank) * sum)
                }
            }
            try store.write(update.weight, .value, w)
        }
        try store.repack()
    }

    @Test(arguments: cases) func gradientsFollowFromPyTorchs(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let truth = try golden.parameters()
        let whole = norm(truth.values.flatMap(\.values))
        let model = try Self.model(golden)
        try Self.spread(model.store)
        let loss = try golden.microBatch().step(model)
        #expect(abs(loss - Double(try golden.floats("loss")[0])) <= 4 * Double(Tolerance.golden))
        let updates = Self.updates(model.store)
        #expect(updates.count == 6 * model.config.numHiddenLayers)
        let scale = 2 / Double(Self.rank)
        for update in updates {
            let dw = try #require(truth[update.name + ".weight"]).values  // [O, I]
            let (a, b) = (try model.store.read(update.down, .value), try model.store.read(update.up, .value))
            var (da, db) = ([Float](repeating: 0, count: a.count), [Float](repeating: 0, count: b.count))
            for part in 0..<Self.rank {
                for column in 0..<update.inputs {
                    da[part * update.inputs + column] = Float(
                        (0..<update.outputs).reduce(0) {
                            $0 + scale * Double(b[$1 * Self.rank + part]) * Double(dw[$1 * update.inputs + column])
                        })
                }
                for row in 0..<update.outputs {
                    db[row * Self.rank + part] = Float(
                        (0..<update.inputs).reduce(0) {
                            $0 + scale * Double(dw[row * update.inputs + $1]) * Double(a[part * update.inputs + $1])
                        })
                }
            }
            for (slot, expected) in [(update.down, da), (update.up, db)] {
                let apart = distance(try model.store.read(slot, .gradient), expected)
                let bound = 4 * (Tolerance.gradient * norm(expected) + Tolerance.gradientRounding * whole)
                #expect(apart <= bound, "\(model.store.slots[slot].name): \(apart), norm \(norm(expected))")
            }
            // What others read is the sum.
            let merged = try model.mergedValues(of: update.weight)
            let plain = try Self.model(golden).store.read(update.weight, .value)
            #expect(distance(merged, plain) <= 1e-6 * norm(plain), "\(update.name)")
        }
        for slot in model.store.slots where !slot.name.contains(".lora_") { #expect(!slot.isTrained) }
    }

    /// A begins even within ±1/√I and B at zero: at first nothing changes, with dropout neither.
    @Test func beginsAsTheModelItself() throws {
        let golden = try TrainingGolden(gradients: "published")
        let micro = try golden.microBatch()
        let model = try Self.model(golden, dropout: 0.5)
        let plain = try TrainableModel(
            directory: golden.folder, head: golden.head, seed: 1, device: try Device.cpu(threads: 2), precision: .fp32,
            recomputes: false)
        #expect(try micro.step(model, dropout: 9) == micro.step(plain, dropout: 9))
        #expect(try model.logits(micro.batch) == plain.logits(micro.batch))
        #expect(model.initialised.isEmpty)
        for update in Self.updates(model.store) {
            let a = try model.store.read(update.down, .value)
            let reach = 1 / Float(update.inputs).squareRoot()
            #expect(a.allSatisfy { abs($0) <= reach } && (a.map(abs).max() ?? 0) > 0.9 * reach)
            #expect(abs(a.reduce(0, +)) < reach * Float(a.count).squareRoot() * 3)
            #expect(try model.store.read(update.up, .value).allSatisfy { $0 == 0 })
        }
    }

    /// The dropout of the updates, there and back: the gradient is the slope of the loss that it belongs to.
    @Test(arguments: ["published", "question_answering"]) func dropoutHasItsGradient(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let micro = try golden.microBatch()
        let model = try Self.model(golden, dropout: 0.4)
        try Self.spread(model.store)
        #expect(try micro.step(model, dropout: 3) != micro.step(Self.spreadModel(golden), dropout: 3))
        let loss = try micro.step(model, dropout: 3)
        let gradients = try model.store.gradients()
        let step: Float = 0.02
        for update in Self.updates(model.store) {
            for slot in [update.down, update.up] {
                let values = try model.store.read(slot, .value)
                let gradient = gradients[model.store.slots[slot].name] ?? []
                let direction = gradient.map { $0 / Float(norm(gradient)) }
                func loss(at t: Float) throws -> Double {
                    try model.store.write(slot, .value, zip(values, direction).map { $0 + t * $1 })
                    try model.store.repack()
                    return try micro.step(model, dropout: 3)
                }
                func difference(_ t: Float) throws -> Double { try (loss(at: t) - loss(at: -t)) / Double(2 * t) }
                let expected = try (4 * difference(step) - difference(2 * step)) / 3
                try model.store.write(slot, .value, values)
                let bound =
                    Tolerance.gradientDifference * norm(gradient) + Tolerance.lossRounding * abs(expected + 4)
                    / Double(step)
                #expect(abs(norm(gradient) - expected) <= bound, "\(model.store.slots[slot].name)")
            }
        }
        try model.store.repack()
        #expect(try micro.step(model, dropout: 3) == loss)
    }

    private static func spreadModel(_ golden: TrainingGolden) throws -> TrainableModel {
        let model = try model(golden)
        try spread(model.store)
        return model
    }

    /// Neither threads nor recomputing change a bit.
    @Test func bitsAreTheSame() throws {
        let golden = try TrainingGolden(gradients: "published")
        let micro = try golden.microBatch()
        var found: [[String: [Float]]] = []
        for (threads, recomputes) in [(1, false), (3, false), (2, true)] {
            let model = try Self.model(golden, dropout: 0.3, threads: threads, recomputes: recomputes)
            try Self.spread(model.store)
            _ = try micro.step(model, dropout: 4)
            found.append(try model.store.gradients())
        }
        #expect(found[0] == found[1] && found[0] == found[2])
        #expect(norm(found[0].values.flatMap(\.self)) > 0)
    }

    @Test func targetsAreThoseAskedFor() throws {
        let golden = try TrainingGolden(gradients: "published")
        let model = try Self.model(golden, targets: [.output])
        let names = model.store.slots.map(\.name).filter { $0.contains(".lora_A.") }
        #expect(names == (0..<3).map { "deberta.encoder.layer.\($0).output.dense.lora_A.weight" })
        for settings in [
            LowRankSettings(rank: 0), LowRankSettings(rank: 2, alpha: 0), LowRankSettings(rank: 2, dropout: 1),
            LowRankSettings(rank: 2, targets: []), LowRankSettings(rank: 2, alpha: .nan),
        ] {
            #expect(throws: ModelError.self) { try settings.check() }
        }
    }
}
