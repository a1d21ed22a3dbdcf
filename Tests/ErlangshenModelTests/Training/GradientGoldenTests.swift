// Goldens: tools/goldens/make_gradient_goldens.py (transformers 5.23 in float64, differentiated by PyTorch).
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct GradientGoldenTests {
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: GoldenTests.root)) ?? []).compactMap {
        $0.hasPrefix("gradients_") ? String($0.dropFirst("gradients_".count)) : nil
    }.sorted()

    static func model(
        _ golden: TrainingGolden, device: Device, precision: Precision = .fp32, recomputes: Bool = false
    ) throws -> TrainableModel {
        try TrainableModel(
            directory: golden.folder, head: golden.head, seed: 1, device: device, precision: precision,
            recomputes: recomputes)
    }

    /// Names every parameter whose gradient is farther from the golden one than a part of its own norm and a part of
    /// the norm of all.
    private static func strays(
        of found: [String: [Float]], from golden: TrainingGolden, relative: Double, rounding: Double
    ) throws -> [String] {
        let expected = try golden.parameters()
        let whole = norm(expected.values.flatMap(\.values))
        return expected.sorted { $0.key < $1.key }.compactMap { name, truth in
            // What the loss does not depend on need not be a parameter.
            guard let values = found[name] else { return truth.values.allSatisfy { $0 == 0 } ? nil : name + ": none" }
            let (apart, size) = (distance(values, truth.values), norm(truth.values))
            guard apart > relative * size + rounding * whole else { return nil }
            return "\(name) \(truth.shape): \(apart) apart, norm \(size), of all \(whole)"
        }
    }

    private static func strays(of found: [String: [Float]], from golden: TrainingGolden) throws -> [String] {
        try strays(of: found, from: golden, relative: Tolerance.gradient, rounding: Tolerance.gradientRounding)
    }

    @Test func everyCaseIsThere() { #expect(Self.cases.count == 18) }

    @Test(arguments: cases) func parametersAreTheCheckpoints(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let model = try Self.model(golden, device: try Device.cpu(threads: 1))
        let expected = try golden.parameters()
        #expect(model.initialised.isEmpty)
        for slot in model.store.slots {
            #expect(slot.shape == expected[slot.name]?.shape, "\(slot.name)")
        }
        #expect(Set(model.store.slots.map(\.name)).count == model.store.slots.count)
        let checkpoint = try Checkpoint(directory: golden.folder)
        for (index, slot) in model.store.slots.enumerated() {
            let stored = try checkpoint.bytes(of: slot.name).withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 2).map { raw.loadUnaligned(fromByteOffset: $0, as: UInt16.self) }
            }
            #expect(try model.store.read(index, .value) == stored.map(Self.widened), "\(slot.name)")
        }
    }

    /// The float32 of a float16: its digits in their new place, the exponent moved on.
    private static func widened(_ bits: UInt16) -> Float {
        let size = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
        return bits >> 15 == 1 ? -size : size
    }

    @Test(arguments: cases) func gradientsArePyTorchs(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let expected = try golden.floats("loss")[0]
        let micro = try golden.microBatch()
        for set in InstructionSet.allCases {
            var found: [[String: [Float]]] = []
            for device in [1, 3].compactMap({ try? Device.cpu(threads: $0, instructionSet: set, products: .own) }) {
                let model = try Self.model(golden, device: device)
                let loss = try micro.step(model)
                #expect(abs(loss - Double(expected)) <= Double(Tolerance.golden), "\(set) \(loss) \(expected)")
                found.append(try model.store.gradients())
            }
            guard found.count == 2 else { continue }
            #expect(found[0] == found[1], "\(set): 1 thread and 3 differ")
            #expect(try Self.strays(of: found[0], from: golden) == [], "\(set)")
        }
    }

    /// The same in two micro-batches, whose gradients add up, and after a step that is forgotten.
    @Test(arguments: cases) func microBatchesAddUp(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let model = try Self.model(golden, device: try Device.cpu(threads: 2))
        let all = Array(0..<golden.count)
        _ = try golden.microBatch().step(model)
        try model.store.zeroGradients()
        try model.beginStep(key: nil)
        var loss = 0.0
        for texts in [Array(all[..<2]), Array(all[2...])] {
            loss += try golden.microBatch(texts, of: all).accumulate(into: model)
        }
        try model.endStep()
        #expect(abs(loss - Double(try golden.floats("loss")[0])) <= Double(Tolerance.golden))
        let found = try model.store.gradients()
        #expect(try Self.strays(of: found, from: golden) == [])
    }

    /// Forgetting activations and computing them again changes no bit, nor does the number of threads, with dropout too.
    @Test(arguments: cases) func recomputingChangesNoBit(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let micro = try golden.microBatch()
        for seed in [nil, 7] as [UInt64?] {
            var found: [(loss: Double, gradients: [String: [Float]])] = []
            for (threads, recomputes) in [(1, false), (1, true), (3, true)] {
                let device = try Device.cpu(threads: threads)
                let model = try Self.model(golden, device: device, recomputes: recomputes)
                let loss = try micro.step(model, dropout: seed)
                found.append((loss, try model.store.gradients()))
            }
            for other in found[1...] {
                #expect(other.loss == found[0].loss)
                for (name, values) in found[0].gradients { #expect(other.gradients[name] == values, "\(name)") }
            }
        }
    }

    @Test(arguments: cases) func bfloat16IsNear(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        for device in GoldenTests.devices {
            if let reason = device.lacks(.bf16) {
                print("skipped: bf16 on \(device.description): \(reason)")
                continue
            }
            let model = try Self.model(golden, device: device, precision: .bf16)
            let loss = try golden.microBatch().step(model)
            let expected = Double(try golden.floats("loss")[0])
            #expect(abs(loss - expected) <= Tolerance.bfloat16Loss * expected, "\(loss) \(expected)")
            let found = try model.store.gradients()
            #expect(
                try Self.strays(
                    of: found, from: golden, relative: Tolerance.bfloat16Gradient,
                    rounding: Tolerance.bfloat16GradientRounding) == [],
                "\(device.description)")
        }
    }
}
