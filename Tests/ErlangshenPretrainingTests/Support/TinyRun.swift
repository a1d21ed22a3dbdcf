import ErlangshenCompute
import ErlangshenTraining
import Foundation

@testable import ErlangshenPretraining

/// The natural logarithm, for tests that import nothing else.
func nearLog(_ number: Double) -> Double { log(number) }

/// The exponential function.
func nearExp(_ number: Double) -> Double { exp(number) }

/// A run of a model of two layers in a folder of its own, removed when the test ends.
final class TinyRun {
    let folder: String
    var settings = PretrainingSettings()
    var corpora = MadeUpCorpora()

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        folder = url.path
        try write("vocab.txt", MadeUpLanguage.vocabulary.joined(separator: "\n") + "\n")
        settings.preset = "tiny"
        settings.shape = [
            "hidden_size": "16", "num_hidden_layers": "2", "num_attention_heads": "2", "intermediate_size": "32",
            "max_position_embeddings": "64", "position_buckets": "8", "initializer_range": "0.05",
        ]
        settings.vocabulary = path("vocab.txt")
        (settings.window, settings.batch, settings.pieceTokenCount) = (12, .samples(16), 64)
        (settings.learningRate, settings.schedule, settings.warmup) = (5e-3, "linear", 0.1)
        (settings.maximumStepCount, settings.evaluationStepCount) = (18, 6)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func read(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0 != ".lock" }.sorted()
    }

    func make(_ output: String, threads: Int = 2) throws -> Pretraining {
        var settings = settings
        settings.output = path(output)
        return try Pretraining(settings, precision: .fp32, device: try Device.cpu(threads: threads)) { _ in corpora }
    }

    /// Runs, stopping after so many updates of this process.
    @discardableResult
    func run(
        _ output: String, threads: Int = 2, stopAfter: Int? = nil, watch: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        var done = 0
        return try make(output, threads: threads).run(
            watch: { event in
                if case .step = event { done += 1 }
                watch(event)
            }, stopRequested: { stopAfter.map { done >= $0 } ?? false ? 15 : nil })
    }

    /// The files of a run that tell no time and no folder.
    func files(_ run: String) throws -> [String: [UInt8]] {
        let last = run + "/states/" + (try names(run + "/states").last ?? "")
        let names =
            ["best/model.safetensors", "last/model.safetensors", "last/config.json", "metrics.jsonl"].map {
                run + "/" + $0
            } + ["model.safetensors", "optimizer.safetensors", "state.json"].map { last + "/" + $0 }
        return Dictionary(uniqueKeysWithValues: try names.map { (String($0.dropFirst(run.count)), try bytes($0)) })
    }
}
