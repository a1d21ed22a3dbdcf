// Truth: sums in Double, in this file; that transformers and peft read the folders is tried by tools/lora-parity.
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct LowRankRunTests {
    private static func run(
        _ request: FineTuningRequest, threads: Int = 2, resumes: Bool = false, stopAfter: Int? = nil
    ) throws -> TrainingOutcome {
        var done = 0
        return try FineTuning(request, device: try Device.cpu(threads: threads)).run(
            resumes: resumes, watch: { if case .step = $0 { done += 1 } },
            stopRequested: { stopAfter.map { done >= $0 } ?? false ? 15 : nil })
    }

    private static func request(_ tiny: TinyTask, output: String) throws -> FineTuningRequest {
        var request = try tiny.request(.classification, output: output, train: 64, dev: 16)
        request.settings.lowRank = LowRankSettings(
            rank: 2, alpha: 3, dropout: 0.2, targets: [.query, .key, .value, .output])
        request.settings.learningRate = 2e-2
        return request
    }

    private static func values(_ path: String) throws -> [String: [Float]] {
        let file = try Checkpoint(file: path)
        return try Dictionary(
            uniqueKeysWithValues: file.tensors.map { tensor in
                let values = try file.bytes(of: tensor.name).withUnsafeBytes { raw in
                    stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
                }
                return (tensor.name, values)
            })
    }

    @Test func foldersHaveTheSums() throws {
        let tiny = try TinyTask()
        let request = try Self.request(tiny, output: "run")
        let plan = try FineTuning(request, device: try Device.cpu(threads: 1)).plan
        #expect(!plan.initialised.contains { $0.contains("lora") })
        #expect(plan.groups.trainedElementCount < plan.parameterCount / 2)
        var whole = request
        whole.settings.lowRank = nil
        let wholePlan = try FineTuning(whole, device: try Device.cpu(threads: 1)).plan
        #expect(plan.memoryEstimate < wholePlan.memoryEstimate)
        if case .interrupted = try Self.run(request) { Issue.record("it did not finish") }
        // The base is what the seed draws.
        let base = try TrainableModel(
            config: try EncoderConfig(
                json: try JSONValue.parse(try tiny.folder.bytes("config.json")), source: "config"),
            head: .sequenceClassification(labels: 2), seed: request.settings.seed, device: try Device.cpu(threads: 1),
            precision: .fp32, recomputes: false)
        let merged = try Self.values(request.output + "/model.safetensors")
        let adapter = try Self.values(request.output + "/adapter/adapter_model.safetensors")
        var (updated, kept) = (0, 0)
        for (slot, parameter) in base.store.slots.enumerated() {
            let found = try #require(merged[parameter.name])
            let before = try base.store.read(slot, .value)
            let layer = "base_model.model." + parameter.name.replacing(".weight", with: "")
            if let a = adapter[layer + ".lora_A.weight"], let b = adapter[layer + ".lora_B.weight"] {
                let inputs = parameter.shape[1]
                for (place, value) in found.enumerated() {
                    let (row, column) = (place / inputs, place % inputs)
                    let sum = (0..<2).reduce(0.0) { $0 + Double(b[row * 2 + $1]) * Double(a[$1 * inputs + column]) }
                    #expect(abs(Double(value) - (Double(before[place]) + 1.5 * sum)) < 1e-6, "\(parameter.name)")
                }
                #expect(found != before && parameter.name.contains(".layer."))
                updated += 1
            } else if parameter.name.hasPrefix("pooler.") || parameter.name.hasPrefix("classifier.") {
                #expect(found == adapter["base_model.model." + parameter.name] && found != before)
            } else {
                #expect(found == before, "\(parameter.name)")
                kept += 1
            }
        }
        #expect(updated == 4 * base.config.numHiddenLayers && kept > 10 && merged.count == base.store.slots.count)
        // The folder answers as the run measured it.
        let model = try TaskModel(directory: request.output, task: request.task, device: try Device.cpu(threads: 1))
        let rows = try TaskRows(
            request.devPaths, of: request.task, role: .evaluation, labels: model.labels, tokenizer: model.tokenizer)
        let answers = try #require(try rows.answers(tokenBudget: 40, logits: model.logits))
        let expected = try SavedEvaluation(folder: request.output)
        for (figure, saved) in zip(try rows.evaluation(of: answers).figures, expected.figures) {
            #expect(abs(figure.value - saved.value) < 1e-5, "\(figure.name)")
        }
        #expect(try tiny.folder.read("run/README.md").contains("| LoRA | rank 2, alpha 3.0, dropout 0.2: key, output,"))
    }

    @Test func resumedIsUnbroken() throws {
        let tiny = try TinyTask()
        let whole = try Self.request(tiny, output: "whole")
        let outcome = try Self.run(whole, threads: 1)
        var request = whole
        request.output = tiny.folder.path("stopped")
        #expect(try Self.run(request, stopAfter: 5) == .interrupted(step: 5, signal: 15))
        var other = request
        other.settings.lowRank?.alpha = 4
        #expect(throws: TrainingError.self) { try Self.run(other, resumes: true) }
        #expect(try Self.run(request, resumes: true) == outcome)
        for file in [
            "model.safetensors", "metrics.jsonl", "adapter/adapter_model.safetensors", "adapter/adapter_config.json",
        ] {
            #expect(try tiny.folder.bytes("whole/" + file) == tiny.folder.bytes("stopped/" + file), "\(file)")
        }
    }

    /// Frozen parts keep their values, have no moments in the states, and take less memory.
    @Test func frozenPartsStay() throws {
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run", train: 32, dev: 8)
        let all = try FineTuning(request, device: try Device.cpu(threads: 1)).plan
        (request.settings.rules.frozenLayerCount, request.settings.rules.freezesEmbeddings) = (1, true)
        let run = try FineTuning(request, device: try Device.cpu(threads: 1))
        #expect(run.plan.memoryEstimate < all.memoryEstimate && run.plan.parameterCount == all.parameterCount)
        _ = try run.run(resumes: false)
        let base = try TrainableModel(
            config: try EncoderConfig(
                json: try JSONValue.parse(try tiny.folder.bytes("config.json")), source: "config"),
            head: .sequenceClassification(labels: 2), seed: request.settings.seed, device: try Device.cpu(threads: 1),
            precision: .fp32, recomputes: false)
        let found = try Self.values(request.output + "/model.safetensors")
        let state = try #require(try tiny.folder.names("run/states").last)
        let moments = try Self.values(request.output + "/states/\(state)/optimizer.safetensors")
        for (slot, parameter) in base.store.slots.enumerated() {
            let isFrozen = run.plan.groups.settings[slot].isFrozen
            let before = try base.store.read(slot, .value)
            #expect((found[parameter.name] == before) == isFrozen, "\(parameter.name)")
            #expect((moments["exp_avg." + parameter.name] == nil) == isFrozen, "\(parameter.name)")
        }
        let frozenCount = run.plan.groups.settings.count { $0.isFrozen }
        #expect(frozenCount > 0)
    }

    /// Without position terms no loss depends on the relative table: it is left as it is, weight decay or not.
    @Test func whatNoLossReachesStays() throws {
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run", train: 32, dev: 8)
        request.settings.rules.weightDecay = 0.5
        var config = try #require(try JSONValue.parse(try tiny.folder.bytes("config.json")).objectValue)
        (config["relative_attention"], config["pos_att_type"]) = (true, "")
        try tiny.folder.write("none.json", JSONValue.object(config).serialized())
        request.source = .scratch(config: tiny.folder.path("none.json"), vocabulary: tiny.folder.path("vocab.txt"))
        let run = try FineTuning(request, device: try Device.cpu(threads: 1))
        _ = try run.run(resumes: false)
        let base = try TrainableModel(
            config: try EncoderConfig(json: .object(config), source: "config"),
            head: .sequenceClassification(labels: 2),
            seed: request.settings.seed, device: try Device.cpu(threads: 1), precision: .fp32, recomputes: false)
        let found = try Self.values(request.output + "/model.safetensors")
        for (slot, parameter) in base.store.slots.enumerated() {
            let isLeft = parameter.name.contains("rel_embeddings") || parameter.name.contains("encoder.LayerNorm")
            let before = try base.store.read(slot, .value)
            #expect((found[parameter.name] == before) == isLeft, "\(parameter.name)")
        }
        #expect(base.store.slots.contains { $0.name.contains("rel_embeddings") })
    }

    @Test func refuses() throws {
        let tiny = try TinyTask()
        let request = try Self.request(tiny, output: "run")
        let wrong: [(inout FineTuningRequest) -> Void] = [
            { $0.settings.lowRank?.rank = 0 }, { $0.settings.lowRank?.targets = [] },
            { $0.settings.lowRank?.dropout = 1 }, { $0.settings.rules.frozenLayerCount = 1 },
        ]
        for (index, change) in wrong.enumerated() {
            var changed = request
            change(&changed)
            #expect(throws: TrainingError.self, "\(index)") {
                try FineTuning(changed, device: try Device.cpu(threads: 1))
            }
        }
    }
}
