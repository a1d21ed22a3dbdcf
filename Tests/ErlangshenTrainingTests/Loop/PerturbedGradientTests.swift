// Goldens: tools/goldens/make_sift_goldens.py (transformers 5.23 in float64, differentiated by PyTorch).
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTasks
import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenTraining

@Suite struct PerturbedGradientTests {
    /// One folder of goldens: a model, an update's examples, and what PyTorch makes of them.
    private struct Golden {
        static let (seed, epoch): (UInt64, Int) = (11, 2)
        let folder: String
        let file: Checkpoint
        let examples: [EncodedExample]
        let kind: TaskKind
        let head: TrainableModel.Head

        init(_ name: String) throws {
            folder = try #require(Bundle.module.resourcePath) + "/Goldens/perturbed_" + name
            file = try Checkpoint(file: folder + "/perturbed.safetensors")
            let (file, length) = (file, file.info("input_ids")?.shape.last ?? 0)
            func integers(_ name: String) throws -> [Int32] {
                try Self.read(name, of: file, as: Int64.self).map { Int32($0) }
            }
            let (ids, mask, labels) = (
                try integers("input_ids"), try integers("attention_mask"), try integers("labels")
            )
            let isByToken = labels.count == ids.count
            kind = isByToken ? .tokenClassification : .classification
            head = isByToken ? .tokenClassification(labels: 5) : .sequenceClassification(labels: 3)
            examples = stride(from: 0, to: ids.count, by: length).map { start in
                let real = (start..<start + length).filter { mask[$0] == 1 }
                let sequence = EncodedSequence(
                    ids: real.map { ids[$0] }, typeIds: [Int32](repeating: 0, count: real.count))
                return EncodedExample(
                    example: start / length, sequences: [sequence],
                    target: isByToken ? .tags(real.map { labels[$0] }) : .label(labels[start / length]))
            }
        }

        static func read<T>(_ name: String, of file: Checkpoint, as type: T.Type) throws -> [T] {
            try file.bytes(of: name).withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: MemoryLayout<T>.size).map {
                    raw.loadUnaligned(fromByteOffset: $0, as: T.self)
                }
            }
        }

        func model(threads: Int = 2, recomputes: Bool = false, freezes: Bool = false) throws -> TrainableModel {
            try TrainableModel(
                directory: folder, head: head, seed: 1, device: try Device.cpu(threads: threads), precision: .fp32,
                recomputes: recomputes, trained: TrainedParameters { !freezes || !$0.contains("embeddings") })
        }

        /// The loss of the examples as one update, the gradients being in the model.
        func step(
            _ model: TrainableModel, sift: Bool, fgm: Double = 0, pieceTokenCount: Int = 1_000, dropout: Bool = false
        ) throws -> Double {
            var settings = FineTuningSettings()
            (settings.seed, settings.hasDropout, settings.pieceTokenCount) = (Self.seed, dropout, pieceTokenCount)
            if sift {
                var perturbation = PerturbationSettings(weight: 3)
                (perturbation.deviation, perturbation.stepLength) = (0.2, 0.05)
                settings.perturbation = perturbation
            }
            let work = try FineTuningWork(model, kind: kind, settings: settings, examples: examples)
            let batch = work.batch(of: 0, at: DataPlace(epoch: Self.epoch))
            #expect((batch.pieceCount > 1) == (pieceTokenCount < 20))
            return try GradientPass(subject: model, key: work.stepKey(0), adversarialLength: fgm).run(batch)
        }
    }

    private static func gradients(_ model: TrainableModel) throws -> [String: [Float]] {
        var result: [String: [Float]] = [:]
        for (slot, parameter) in model.store.slots.enumerated() {
            result[parameter.name] = try model.store.read(slot, .gradient)
        }
        return result
    }

    private static func norm(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    /// Names of gradients that are not the golden ones.
    private static func strays(_ model: TrainableModel, _ golden: Golden, _ name: String) throws -> [String] {
        let found = try gradients(model)
        let expected = try found.keys.sorted().map { parameter in
            (parameter, try Golden.read("\(name)/\(parameter)", of: golden.file, as: Float.self))
        }
        let whole = norm(expected.flatMap(\.1))
        return expected.compactMap { parameter, truth in
            let values = found[parameter] ?? []
            let apart = norm(zip(values, truth).map { $0 - $1 })
            let bound = Tolerance.gradient * norm(truth) + Tolerance.gradientRounding * whole
            guard values.count != truth.count || !(apart <= bound) else { return nil }
            return "\(parameter): \(apart) apart, norm \(norm(truth)), of all \(whole)"
        }
    }

    @Test(arguments: ["texts", "tokens"], [false, true])
    func gradientsArePyTorchs(name: String, sift: Bool) throws {
        let golden = try Golden(name)
        let kind = sift ? "sift" : "fgm"
        let expected = try Golden.read(kind + ".loss", of: golden.file, as: Double.self)[0]
        for pieceTokenCount in [1_000, 17] {
            let model = try golden.model()
            let loss = try golden.step(model, sift: sift, fgm: sift ? 0 : 0.5, pieceTokenCount: pieceTokenCount)
            #expect(abs(loss - expected) <= Double(Tolerance.golden), "\(loss), expected \(expected)")
            #expect(try Self.strays(model, golden, kind) == [], "pieces of \(pieceTokenCount)")
        }
    }

    /// The noise, number by number: the generator was written a second time, in Python.
    @Test(arguments: ["texts", "tokens"]) func noiseIsThatOfTheCounter(name: String) throws {
        let golden = try Golden(name)
        let expected = try Golden.read("noise", of: golden.file, as: Double.self)
        let mask = try Golden.read("attention_mask", of: golden.file, as: Int64.self)
        let (columns, length) = (expected.count / mask.count, mask.count / golden.examples.count)
        var settings = PerturbationSettings(weight: 1)
        settings.deviation = 0.2
        for (number, example) in golden.examples.enumerated() {
            let keys = (0..<example.tokenCount).map {
                DropoutKeys(seed: Golden.seed).perturbation(epoch: Golden.epoch, example: number, place: $0)
            }
            let start = number * length * columns
            let truth = expected[start..<start + keys.count * columns].map { Float($0) }
            #expect(settings.noise(keys, columns: columns).values == truth)
        }
        // The original clamps to two deviations, which one number in twenty is beyond.
        #expect(expected.contains { abs($0) == 0.4 } && expected.allSatisfy { abs($0) <= 0.4 })
    }

    /// Threads and recomputation change no bit, with dropout too; frozen embeddings are moved just as well.
    @Test func sameBitsHoweverItIsComputed() throws {
        let golden = try Golden("texts")
        let first = try golden.model(threads: 1)
        let loss = try golden.step(first, sift: true, dropout: true)
        let gradients = try Self.gradients(first)
        for (threads, recomputes, freezes) in [(3, false, false), (2, true, false), (1, false, true)] {
            let model = try golden.model(threads: threads, recomputes: recomputes, freezes: freezes)
            #expect(try golden.step(model, sift: true, dropout: true) == loss)
            for (name, values) in try Self.gradients(model) where !values.isEmpty {
                #expect(values == gradients[name], "\(name)")
            }
        }
        #expect(try golden.step(first, sift: false, dropout: true) != loss)
    }

    /// A run learns with it, its first loss being larger by the divergence alone, and says so in its card.
    @Test func runsWithIt() throws {
        let tiny = try TinyTask()
        func losses(_ request: FineTuningRequest) throws -> [Double] {
            var losses: [Double] = []
            _ = try FineTuning(request, device: try Device.cpu(threads: 2)).run(
                resumes: false, watch: { if case .step(let step) = $0 { losses.append(step.loss) } })
            return losses
        }
        var request = try tiny.request(.classification, output: "run", train: 96, dev: 8)
        request.settings.perturbation = PerturbationSettings(weight: 5)
        let with = try losses(request)
        #expect(with[with.count - 1] < with[0])
        #expect(try tiny.folder.read("run/README.md").contains("| SiFT | weight 5.0, noise 0.01, step 0.0001 |"))
        var plain = request
        (plain.output, plain.settings.perturbation) = (tiny.folder.path("plain"), nil)
        let without = try losses(plain)
        #expect(with[0] > without[0] && with[0] < without[0] * 1.1, "\(with[0]), without it \(without[0])")
    }

    @Test func badSettingsAreRefused() throws {
        for (weight, deviation, step) in [(-1, 0.1, 0.1), (.nan, 0.1, 0.1), (1, 0, 0.1), (1, 0.1, .infinity)] {
            var settings = FineTuningSettings()
            var perturbation = PerturbationSettings(weight: weight)
            (perturbation.deviation, perturbation.stepLength) = (deviation, step)
            settings.perturbation = perturbation
            #expect(throws: TrainingError.self) { try settings.check(for: .classification) }
        }
        var settings = FineTuningSettings()
        settings.perturbation = PerturbationSettings(weight: 1)
        try settings.check(for: .tokenClassification)
        #expect(throws: TrainingError.self) { try settings.check(for: .regression) }
        for spoil in [{ $0.rDrop = 1 }, { $0.adversarialLength = 1 }] as [(inout FineTuningSettings) -> Void] {
            var both = settings
            spoil(&both)
            #expect(throws: TrainingError.self) { try both.check(for: .classification) }
        }
    }
}
