import ArgumentParser
import ErlangshenCompute
import ErlangshenTraining

/// What a training run begins with, and on what it runs.
struct StartOptions: ParsableArguments {
    @OptionGroup var model: ModelOptions

    @Flag(help: "Begin with random weights of the shape of --config, and the words of --vocab.")
    var fromScratch = false

    @Option(help: ArgumentHelp("With --from-scratch: a config.json.", valueName: "file"), completion: .file())
    var config: String?

    @Option(help: ArgumentHelp("With --from-scratch: a vocab.txt.", valueName: "file"), completion: .file())
    var vocab: String?

    func validate() throws {
        guard fromScratch else {
            if config != nil || vocab != nil {
                throw ValidationError("--config and --vocab go with --from-scratch; a model folder has its own")
            }
            return
        }
        guard config != nil, vocab != nil else { throw ValidationError("--from-scratch needs --config and --vocab") }
        if model.model != nil { throw ValidationError("--from-scratch takes no --model: its weights are random") }
    }

    /// Where the weights come from.
    func source(for command: String) throws(CommandFailure) -> ModelSource {
        if fromScratch, let config, let vocab { return .scratch(config: config, vocabulary: vocab) }
        return .folder(try model.directory(neededBy: command))
    }

    /// In what products are computed: fp32 unless asked otherwise; what the processor lacks is replaced, with a note.
    func precision(on device: Device, _ talk: Talk) -> Precision {
        let resolved = device.resolve(model.precision ?? .fp32)
        if let asked = resolved.replaced {
            let reason = resolved.lacking ?? "the processor lacks it"
            talk.once("note: \(resolved.used.rawValue) in place of \(asked.rawValue): \(reason)")
        }
        return resolved.used
    }
}
