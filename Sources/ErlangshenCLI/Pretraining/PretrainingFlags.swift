import ArgumentParser
import ErlangshenPretraining

/// The settings of pretraining as flags: one for each `SettingKey`, of the same name, its text read by the key.
struct PretrainingFlags: ParsableArguments {
    @Option(name: .shortAndLong, help: Self.help("model"), completion: .directory) var model: String?
    @Option(name: .customLong("model-config"), help: Self.help("model-config")) var modelConfig: String?
    @Option(name: .customLong("preset"), help: Self.help("preset")) var preset: String?
    @Option(name: .customLong("shape"), help: Self.help("shape")) var shape: [String] = []
    @Option(name: .customLong("vocab"), help: Self.help("vocab")) var vocab: String?

    @Option(name: .customLong("corpus"), help: Self.help("corpus")) var corpus: [String] = []
    @Option(name: .customLong("samples"), help: Self.help("samples")) var samples: [String] = []
    @Option(name: .customLong("held-out"), help: Self.help("held-out")) var heldOut: [String] = []
    @Option(name: .customLong("held-out-share"), help: Self.help("held-out-share")) var heldOutShare: String?
    @Option(name: .customLong("held-out-samples"), help: Self.help("held-out-samples")) var heldOutSamples: String?
    @Option(name: .customLong("window"), help: Self.help("window")) var window: String?
    @Option(name: .customLong("then"), help: Self.help("then")) var then: [String] = []

    @Option(name: .customLong("mask-rate"), help: Self.help("mask-rate")) var maskRate: String?
    @Option(name: .customLong("mask-shares"), help: Self.help("mask-shares")) var maskShares: [String] = []
    @Option(name: .customLong("mask-runs"), help: Self.help("mask-runs")) var maskRuns: [String] = []
    @Option(name: .customLong("mask-decision"), help: Self.help("mask-decision")) var maskDecision: String?
    @Flag(inversion: .prefixedNo, help: Self.help("pack")) var pack: Bool?

    @Option(name: .customLong("lr"), help: Self.help("lr")) var lr: String?
    @Option(name: .customLong("schedule"), help: Self.help("schedule")) var schedule: String?
    @Option(name: .customLong("end-lr"), help: Self.help("end-lr")) var endLr: String?
    @Option(name: .customLong("warmup"), help: Self.help("warmup")) var warmup: String?
    @Option(name: .customLong("beta1"), help: Self.help("beta1")) var beta1: String?
    @Option(name: .customLong("beta2"), help: Self.help("beta2")) var beta2: String?
    @Option(name: .customLong("eps"), help: Self.help("eps")) var eps: String?
    @Option(name: .customLong("weight-decay"), help: Self.help("weight-decay")) var weightDecay: String?
    @Option(name: .customLong("clip"), help: Self.help("clip")) var clip: String?
    @Flag(inversion: .prefixedNo, help: Self.help("dropout")) var dropout: Bool?
    @Option(name: .customLong("batch"), help: Self.help("batch")) var batch: String?
    @Option(name: .customLong("piece-tokens"), help: Self.help("piece-tokens")) var pieceTokens: String?

    @Option(name: .customLong("epochs"), help: Self.help("epochs")) var epochs: String?
    @Option(name: .customLong("max-steps"), help: Self.help("max-steps")) var maxSteps: String?
    @Option(name: .customLong("max-tokens"), help: Self.help("max-tokens")) var maxTokens: String?
    @Option(name: .shortAndLong, help: Self.help("output"), completion: .directory) var output: String?
    @Option(name: .customLong("seed"), help: Self.help("seed")) var seed: String?
    @Option(name: .customLong("precision"), help: Self.help("precision")) var precision: String?
    @Option(name: .customLong("threads"), help: Self.help("threads")) var threads: String?
    @Flag(inversion: .prefixedNo, help: Self.help("recompute")) var recompute: Bool?
    @Option(name: .customLong("eval-every"), help: Self.help("eval-every")) var evalEvery: String?
    @Option(name: .customLong("save-every"), help: Self.help("save-every")) var saveEvery: String?
    @Option(name: .customLong("keep-last"), help: Self.help("keep-last")) var keepLast: String?
    @Option(name: .customLong("keep-best"), help: Self.help("keep-best")) var keepBest: String?
    @Option(name: .customLong("sample-log"), help: Self.help("sample-log")) var sampleLog: String?
    @Flag(inversion: .prefixedNo, help: Self.help("resume")) var resume: Bool?

    private static func help(_ name: String) -> ArgumentHelp {
        ArgumentHelp(SettingKey.named(name)?.help ?? "", valueName: name)
    }

    /// What was given, by the names of the keys.
    private var given: [(key: String, value: ConfigurationValue?)] {
        func word(_ text: String?) -> ConfigurationValue? { text.map { .word($0) } }
        func flag(_ isOn: Bool?) -> ConfigurationValue? { isOn.map { .word("\($0)") } }
        func list(_ words: [String]) -> ConfigurationValue? { words.isEmpty ? nil : .list(words) }
        return [
            ("model", word(model)), ("model-config", word(modelConfig)), ("preset", word(preset)),
            ("shape", list(shape)), ("vocab", word(vocab)),
            ("corpus", list(corpus)), ("samples", list(samples)), ("held-out", list(heldOut)),
            ("held-out-share", word(heldOutShare)),
            ("held-out-samples", word(heldOutSamples)), ("window", word(window)), ("then", list(then)),
            ("mask-rate", word(maskRate)), ("mask-shares", list(maskShares)), ("mask-runs", list(maskRuns)),
            ("mask-decision", word(maskDecision)), ("pack", flag(pack)),
            ("lr", word(lr)), ("schedule", word(schedule)), ("end-lr", word(endLr)), ("warmup", word(warmup)),
            ("beta1", word(beta1)), ("beta2", word(beta2)), ("eps", word(eps)), ("weight-decay", word(weightDecay)),
            ("clip", word(clip)), ("dropout", flag(dropout)), ("batch", word(batch)),
            ("piece-tokens", word(pieceTokens)),
            ("epochs", word(epochs)), ("max-steps", word(maxSteps)), ("max-tokens", word(maxTokens)),
            ("output", word(output)), ("seed", word(seed)), ("precision", word(precision)),
            ("threads", word(threads)), ("recompute", flag(recompute)), ("eval-every", word(evalEvery)),
            ("save-every", word(saveEvery)), ("keep-last", word(keepLast)), ("keep-best", word(keepBest)),
            ("sample-log", word(sampleLog)), ("resume", flag(resume)),
        ]
    }

    /// Sets what was given.
    ///
    /// - Throws: `PretrainingError.invalidValue`.
    func apply(to settings: inout PretrainingSettings) throws(PretrainingError) {
        for (name, value) in given {
            guard let value, let key = SettingKey.named(name) else { continue }
            try key.set(&settings, value)
        }
    }
}
